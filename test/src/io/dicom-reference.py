"""Writes the DICOM files in dicom/ and, with pydicom, what a reader must make of them: dicom-reference.json.

python -m venv /tmp/v && /tmp/v/bin/pip install pydicom==3.0.2 numpy==2.4.6 pillow pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg
apt-get install dcmtk          (its dcmcjpeg, dcmcjpls and dcmconv compress what pydicom cannot)
/tmp/v/bin/python test/src/io/dicom-reference.py

Shown values are pydicom's apply_modality_lut and apply_voi_lut (index 0), spread over the range that
the window or table can put out, MONOCHROME1 turned round: 0 black to 1 white; every 13th pixel.
"""

import hashlib
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

HERE = pathlib.Path(__file__).parent
OUT = HERE / "dicom"
ROWS, COLUMNS = 32, 40


def uid(name):
    return "2.25." + str(int(hashlib.sha256(name.encode()).hexdigest()[:24], 16))


def picture(bits, signed=False, seed=0):
    """A ramp with a disc and a little noise that uses all bits."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    ramp = (x + y) / (ROWS + COLUMNS - 2)
    disc = ((x - 26) ** 2 + (y - 13) ** 2 < 80) * 0.3
    noise = np.random.default_rng(seed).uniform(-0.02, 0.02, ramp.shape)
    values = np.clip(0.8 * ramp + disc + noise, 0, 1)
    top = 2**bits - 1
    whole = np.round(values * top).astype(np.int64)
    whole[0, 0], whole[-1, -1] = 0, top
    return whole - 2 ** (bits - 1) if signed else whole


def film(name, stored, *, bits, allocated=None, signed=False, photometric="MONOCHROME2", **tags):
    allocated = allocated or (8 if bits <= 8 else 16)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = uid(name)
    meta.ImplementationClassUID = "2.25.1"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = SecondaryCaptureImageStorage, uid(name)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid("study"), uid("series")
    ds.Modality, ds.BodyPartExamined, ds.ConversionType = "DX", "CHEST", "WSD"
    ds.PatientID, ds.PatientName, ds.PatientSex, ds.PatientAge = "P-1", "Doe^Jo", "F", "061Y"
    ds.ViewPosition = "PA"
    ds.Rows, ds.Columns, ds.SamplesPerPixel = ROWS, COLUMNS, 1
    ds.PhotometricInterpretation = photometric
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, bits, bits - 1
    ds.PixelRepresentation = int(signed)
    for keyword, value in tags.items():
        setattr(ds, keyword, value)
    kind = {8: "u1", 16: "<i2" if signed else "<u2"}[allocated]
    ds.PixelData = stored.astype(kind).tobytes()
    return ds


def table(first, entries, bits):
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item.LUTData = np.asarray(entries, "<u2").tobytes()
    item["LUTData"].VR = "OW"
    return item


def save(ds, name, syntax=ExplicitVRLittleEndian):
    ds.file_meta.TransferSyntaxUID = syntax
    ds.save_as(OUT / f"{name}.dcm", enforce_file_format=True)


def shown(ds):
    """0 black to 1 white, as the file says it should be shown."""
    raw = ds.pixel_array
    modality = apply_modality_lut(raw, ds)
    has_lut = "VOILUTSequence" in ds
    has_window = "WindowCenter" in ds and "WindowWidth" in ds
    if has_lut:
        out = apply_voi_lut(np.asarray(modality).astype(np.int64), ds).astype(np.float64)
        low, high = 0, 2 ** int(ds.VOILUTSequence[0].LUTDescriptor[2]) - 1
    elif has_window:
        out = apply_voi_lut(modality, ds, index=0, prefer_lut=False).astype(np.float64)
        # pydicom puts the window out over the range that all stored values could have after rescaling.
        bits = int(ds.BitsStored)
        ends = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if ds.PixelRepresentation else [0, 2**bits - 1]
        slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
        low, high = sorted(end * slope + intercept for end in ends)
        if "ModalityLUTSequence" in ds:
            low, high = 0, 2 ** int(ds.ModalityLUTSequence[0].LUTDescriptor[2]) - 1
    else:
        out = np.asarray(modality, np.float64)
        # Nothing says how to show it: all that the stored bits can hold (see grey.ts for 16 bits).
        ends = [0, 2 ** int(ds.BitsStored) - 1]
        low, high = sorted(end * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0)) for end in ends)
    grey = (out - low) / (high - low)
    return 1 - grey if ds.PhotometricInterpretation == "MONOCHROME1" else grey


def compress(source, name, *command):
    subprocess.run([*command, str(source), str(OUT / f"{name}.dcm")], check=True)


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.dcm"):
        old.unlink()
    twelve = picture(12)
    window = {"WindowCenter": 2000, "WindowWidth": 1500}
    plain = film("u12", twelve, bits=12)
    save(film("u8", picture(8), bits=8), "u8")
    save(film("u8-window", picture(8), bits=8, WindowCenter=100, WindowWidth=80), "u8-window")
    save(plain, "u12")
    save(film("u12-window", twelve, bits=12, **window), "u12-window")
    save(film("u12-mono1", twelve, bits=12, photometric="MONOCHROME1"), "u12-mono1")
    save(film("u12-mono1-window", twelve, bits=12, photometric="MONOCHROME1", **window), "u12-mono1-window")
    save(film("u10-two-windows", picture(10), bits=10, WindowCenter=[500, 300], WindowWidth=[600, 100]), "u10-two-windows")
    save(film("u14-exact", picture(14), bits=14, WindowCenter=8000, WindowWidth=9000, VOILUTFunction="LINEAR_EXACT"), "u14-exact")
    save(film("u12-sigmoid", twelve, bits=12, VOILUTFunction="SIGMOID", **window), "u12-sigmoid")
    save(film("u16-rescale", picture(16), bits=16, RescaleSlope="0.5", RescaleIntercept="10", WindowCenter="15000.5", WindowWidth="20000"), "u16-rescale")
    save(film("i16-rescale", picture(12, signed=True), bits=12, signed=True, RescaleSlope="2", RescaleIntercept="-1024", WindowCenter=-500, WindowWidth=3000), "i16-rescale")
    save(film("i16-mono1-rescale", picture(12, signed=True), bits=12, signed=True, photometric="MONOCHROME1", RescaleSlope="2", RescaleIntercept="-1024", WindowCenter=-500, WindowWidth=3000), "i16-mono1-rescale")
    # (With a negative slope pydicom 3.0.2 puts windows out upside down.)
    digital = film("dx-rescale", twelve, bits=12, RescaleSlope="2", RescaleIntercept="-100", WindowCenter=4000, WindowWidth=5000)
    digital.SOPClassUID = digital.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    save(digital, "dx-rescale")
    save(film("u16-mono1-rescale", picture(14), bits=14, photometric="MONOCHROME1", RescaleSlope="-1", RescaleIntercept="16383"), "u16-negative-slope")
    bent = np.round(65535 * np.linspace(0, 1, 3000) ** 0.5)
    save(film("u12-voi-lut", twelve, bits=12, VOILUTSequence=Sequence([table(500, bent, 16)]), **window), "u12-voi-lut")
    save(film("u12-mono1-voi-lut", twelve, bits=12, photometric="MONOCHROME1", VOILUTSequence=Sequence([table(500, bent, 16)])), "u12-mono1-voi-lut")
    steps = np.round(65535 * np.linspace(0, 1, 4096) ** 2)
    save(film("u12-modality-lut", twelve, bits=12, ModalityLUTSequence=Sequence([table(0, steps, 16)]), WindowCenter=20000, WindowWidth=50000), "u12-modality-lut")
    dirty = film("u12-overlay", twelve | (np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 16 << 12), bits=12)
    save(dirty, "u12-overlay")
    save(film("implicit", twelve, bits=12, **window), "implicit", ImplicitVRLittleEndian)
    save(film("deflated", twelve, bits=12, **window), "deflated", DeflatedExplicitVRLittleEndian)
    for name, syntax in {"rle": RLELossless, "jpeg2000": JPEG2000Lossless}.items():
        ds = film(name, twelve, bits=12, **window)
        ds.compress(syntax, generate_instance_uid=False)
        ds.save_as(OUT / f"{name}.dcm", enforce_file_format=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch) / "u12.dcm"
        film("compressed", twelve, bits=12, **window).save_as(source, enforce_file_format=True)
        eight = pathlib.Path(scratch) / "u8.dcm"
        film("compressed8", picture(8), bits=8).save_as(eight, enforce_file_format=True)
        mono1 = pathlib.Path(scratch) / "mono1.dcm"
        film("mono1", twelve, bits=12, photometric="MONOCHROME1", **window).save_as(mono1, enforce_file_format=True)
        keep = ["--uid-never"]
        compress(source, "jpeg-lossless", "dcmcjpeg", "+e1", *keep)
        compress(mono1, "jpeg-lossless-mono1", "dcmcjpeg", "+e1", *keep)
        compress(eight, "jpeg-baseline", "dcmcjpeg", "+eb", "+q", "95", *keep)
        compress(source, "jpeg-extended", "dcmcjpeg", "+ee", "+q", "98", *keep)
        compress(source, "big-endian", "dcmconv", "+tb")
        compress(source, "jpeg-ls", "dcmcjpls", *keep)
    rgb = film("rgb", np.zeros((1, 1)), bits=8, photometric="RGB", SamplesPerPixel=3, PlanarConfiguration=0)
    grey = picture(8)
    rgb.PixelData = np.stack([grey, 255 - grey, grey // 2], -1).astype("u1").tobytes()
    save(rgb, "rgb")
    frames = film("frames", twelve, bits=12, NumberOfFrames=2)
    frames.PixelData = frames.PixelData * 2
    save(frames, "two-frames")
    report = film("report", twelve, bits=12)
    del report.PixelData
    report.Modality = "SR"
    save(report, "no-pixels")
    lateral = film("lateral", twelve, bits=12, PatientID="P-2", ViewPosition="LL", PatientSex="M")
    save(lateral, "lateral")

    numbers = {}
    for path in sorted(OUT.glob("*.dcm")):
        if path.stem in {"rgb", "two-frames", "no-pixels"}:
            continue
        ds = pydicom.dcmread(path)
        numbers[path.stem] = {
            "syntax": ds.file_meta.TransferSyntaxUID,
            "every_13th": [round(float(v), 6) for v in shown(ds).ravel()[::13]],
        }
    text = ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in numbers.items())
    (HERE / "dicom-reference.json").write_text("{" + text + "}\n")


main()
