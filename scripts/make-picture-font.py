"""Draws the small font of the pictures that widgets leave behind (widgets/models/picture/glyphs.ts).

Run once, by hand, with Pillow and DejaVu Sans (free licence, dejavu-fonts.github.io):
  python scripts/make-picture-font.py > widgets/models/picture/glyphs.ts && npx prettier --write widgets/models/picture/glyphs.ts
"""
import base64, zlib
from PIL import Image, ImageDraw, ImageFont

SIZE_PX, HEIGHT_PX = 11, 14
CHARACTERS = [chr(c) for c in range(0x20, 0x7F)] + [chr(c) for c in range(0xA1, 0x100) if c != 0xAD]
CHARACTERS += list("–—−…→←≤≥μ")
font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", SIZE_PX)

widths, levels = [], []
for character in CHARACTERS:
    width = max(1, round(font.getlength(character)))
    image = Image.new("L", (width, HEIGHT_PX), 0)
    ImageDraw.Draw(image).text((0, HEIGHT_PX - 3), character, font=font, fill=255, anchor="ls")
    widths.append(width)
    levels += [value >> 4 for value in image.getdata()]
if len(levels) % 2:
    levels.append(0)
packed = bytes(levels[i] << 4 | levels[i + 1] for i in range(0, len(levels), 2))
print("// Written by scripts/make-picture-font.py from DejaVu Sans; do not edit.")
print("/** The characters that have a glyph, in the order of the other two tables. */")
print(f"export const glyphCharacters = {__import__('json').dumps(''.join(CHARACTERS), ensure_ascii=False)};")
print("/** Width of each glyph in pixels, one base-36 digit each. */")
print(f'export const glyphWidths = "{"".join("0123456789abcdefghijklmnopqrstuvwxyz"[w] for w in widths)}";')
print(f"export const glyphHeightPx = {HEIGHT_PX};")
print("/** Coverage of all glyphs row by row, 4 bits a pixel, deflated with a zlib header, as base64. */")
print(f'export const glyphCoverage = "{base64.b64encode(zlib.compress(packed, 9)).decode()}";')
