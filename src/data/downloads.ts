/** One file of a data set on a server. */
export interface DownloadableFile {
  /** What it is called on disk. */
  readonly file: string;
  readonly url: string;
  /** As its publisher gives it; where there is none, what came is recorded and compared from then on. */
  readonly md5?: string;
  /** Folder that a .tgz is unpacked into, relative to the data set's; "" is that itself. */
  readonly unpackInto?: string;
}

/** A data set that anyone may fetch without signing anything. */
export interface OpenDataset {
  readonly name: string;
  readonly title: string;
  /** What it may be used for. */
  readonly licence: string;
  readonly cite: string;
  readonly files: readonly DownloadableFile[];
  /** What is left to do by hand. */
  readonly afterwards?: string;
}

const MED_MNIST = "https://zenodo.org/records/10519652/files";
const NIH = "https://nihcc.box.com/shared/static";
const OPEN_I = "https://openi.nlm.nih.gov/imgs/collections";

// MD5 sums of MedMNIST 3.0 (medmnist/info.py); the set without a number has 28 pixels.
const MED_MNIST_SUMS = {
  chestmnist: "02c8a6516a18b556561a56cbdd36c4a8",
  chestmnist_64: "9de6cd0b934ebb5b7426cfba5efbae16",
  chestmnist_128: "db107e5590b27930b62dbaf558aebee3",
  chestmnist_224: "45bd33e6f06c3e8cdb481c74a89152aa",
  pneumoniamnist: "28209eda62fecd6e6a2d98b1501bb15f",
  pneumoniamnist_64: "8f4eceb4ccffa70c672198ea285246c6",
  pneumoniamnist_128: "05b46931834c231683c68f40c47b2971",
  pneumoniamnist_224: "d6a3c71de1b945ea11211b03746c1fe1",
} as const;

// The publisher's list (batch_download_zips.py), in its order.
const NIH_ARCHIVES = [
  "vfk49d74nhbxq3nqjg0900w5nvkorp5c",
  "i28rlmbvmfjbl8p2n3ril0pptcmcu9d1",
  "f1t00wrtdk94satdfb9olcolqx20z2jp",
  "0aowwzs5lhjrceb3qp67ahp0rd1l1etg",
  "v5e3goj22zr6h8tzualxfsqlqaygfbsn",
  "asi7ikud9jwnkrnkj99jnpfkjdes7l6l",
  "jn1b4mw4n6lnh74ovmcjb8y48h8xj07n",
  "tvpxmn7qyrgl0w8wfh9kqfjskv6nmm1j",
  "upyy3ml7qdumlgk2rfcvlb9k6gvqq2pj",
  "l6nilvfa9cg3s28tqv1qc1olm3gnz54p",
  "hhq8fkdgvcari67vfhs7ppg2w6ni4jze",
  "ioqwiy20ihqwyr8pf4c24eazhh281pbu",
];

/** What `counterlab data download` fetches. */
export const OPEN_DATASETS: readonly OpenDataset[] = [
  ...Object.entries(MED_MNIST_SUMS).map(([name, md5]) => ({
    name,
    title: `MedMNIST ${name}`,
    licence: "CC BY 4.0",
    cite: "Yang et al., MedMNIST v2, Scientific Data 2023",
    files: [{ file: `${name}.npz`, url: `${MED_MNIST}/${name}.npz?download=1`, md5 }],
  })),
  {
    name: "openi",
    title: "Open-i, Indiana University chest films and reports",
    licence: "CC BY-NC-ND 4.0: not for commercial use, and changed films must not be passed on",
    cite: "Demner-Fushman et al., JAMIA 2016",
    files: [
      {
        file: "NLMCXR_reports.tgz",
        url: `${OPEN_I}/NLMCXR_reports.tgz`,
        unpackInto: "",
      },
      { file: "NLMCXR_png.tgz", url: `${OPEN_I}/NLMCXR_png.tgz`, unpackInto: "NLMCXR_png" },
    ],
  },
  {
    name: "nih",
    title: "NIH ChestX-ray14",
    licence: "unrestricted; acknowledge the NIH Clinical Center",
    cite: "Wang et al., CVPR 2017",
    files: NIH_ARCHIVES.map((id, index) => {
      const part = `images_${String(index + 1).padStart(3, "0")}`;
      return { file: `${part}.tar.gz`, url: `${NIH}/${id}.gz`, unpackInto: part };
    }),
    afterwards:
      "The table has no fixed address: fetch Data_Entry_2017_v2020.csv (and train_val_list.txt, test_list.txt) from https://nihcc.app.box.com/v/ChestXray-NIHCC into the same folder.",
  },
];

/** Data sets that one must sign for: where, and why they cannot be fetched here. */
export const RESTRICTED_DATASETS: Readonly<Record<string, string>> = {
  chexpert:
    "CheXpert is given to registered users only: https://stanfordaimi.azurewebsites.net (search for CheXpert).",
  "mimic-cxr":
    "MIMIC-CXR is given to credentialed users who have signed its agreement: https://physionet.org/content/mimic-cxr-jpg/.",
  "mimic-cxr-lt":
    "MIMIC-CXR-LT needs MIMIC-CXR's films, given to credentialed users: https://physionet.org/content/cxr-lt-iccv-workshop-cvamd/.",
  padchest:
    "PadChest is given to those who accept its agreement: https://bimcv.cipf.es/bimcv-projects/padchest/.",
};
