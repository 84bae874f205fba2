"""Makes the two files of this folder from Inter's own: tabular digits become the default, the rest is cut."""
import sys
from fontTools.ttLib import TTFont
from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen

RANGES = [(0x20, 0x7e), (0xa0, 0x17f), (0x2c6, 0x2dd), (0x370, 0x3ff), (0x400, 0x45f), (0x2000, 0x206f),
          (0x2070, 0x209f), (0x20ac, 0x20ac), (0x2116, 0x2122), (0x2150, 0x215e), (0x2190, 0x21ff), (0x2200, 0x22ff), (0x2300, 0x2328),
          (0x25a0, 0x25ff), (0x2713, 0x2718), (0xfffd, 0xfffd)]

def half_bracket(font, sign, code, name, upper):
    """Adds a ceiling or floor sign: a square bracket with one of its two feet."""
    glyphs = font.getGlyphSet()
    bracket = font.getBestCmap()[ord(sign)]
    outline = RecordingPen()
    glyphs[bracket].draw(outline)
    box = BoundsPen(glyphs)
    glyphs[bracket].draw(box)
    left, bottom, right, top = box.bounds
    xs = sorted({round(p[0]) for _, points in outline.value for p in points})
    ys = sorted({round(p[1]) for _, points in outline.value for p in points})
    foot = ys[1] - ys[0]
    stem = (xs[0], xs[1]) if sign == "[" else (xs[-2], xs[-1])
    level = (top - foot, top) if upper else (bottom, bottom + foot)
    width = font["hmtx"][bracket][0]
    pen = T2CharStringPen(width, glyphs)
    for (x0, x1), (y0, y1) in (((stem), (bottom, top)), ((left, right), level)):
        pen.moveTo((x0, y0))
        for corner in ((x1, y0), (x1, y1), (x0, y1)):
            pen.lineTo(corner)
        pen.closePath()
    cff = font["CFF "].cff
    strings = cff.topDictIndex[0].CharStrings
    private = cff.topDictIndex[0].Private
    strings.charStringsIndex.append(pen.getCharString(private=private, globalSubrs=cff.GlobalSubrs))
    strings.charStrings[name] = len(strings.charStringsIndex) - 1
    charset = cff.topDictIndex[0].charset
    if name not in charset:
        charset.append(name)
    font.setGlyphOrder(list(charset))
    font["hmtx"][name] = (width, round(left))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def main(source, target):
    font = TTFont(source)
    gsub = font["GSUB"].table
    mapping = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    mapping.update(getattr(table, "ExtSubTable", table).mapping)
            break
    for table in font["cmap"].tables:
        if table.isUnicode():
            for code in range(ord("0"), ord("9") + 1):
                if code in table.cmap:
                    table.cmap[code] = mapping.get(table.cmap[code], table.cmap[code])
    # In SemiBold a few of them are a thousandth of an em off.
    digits = [font.getBestCmap()[code] for code in range(ord("0"), ord("9") + 1)]
    width = max(font["hmtx"][glyph][0] for glyph in digits)
    for glyph in digits:
        font["hmtx"][glyph] = (width, font["hmtx"][glyph][1])
    options = subset.Options()
    options.layout_features = ["kern", "mark"]
    options.name_IDs = ["*"]
    options.desubroutinize = False
    options.hinting = False
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for a, b in RANGES for c in range(a, b + 1)])
    cutter.subset(font)
    half_bracket(font, "[", 0x2308, "ceilingleft", upper=True)
    half_bracket(font, "]", 0x2309, "ceilingright", upper=True)
    half_bracket(font, "[", 0x230A, "floorleft", upper=False)
    half_bracket(font, "]", 0x230B, "floorright", upper=False)
    font.save(target)
    widths = {font["hmtx"][font.getBestCmap()[c]][0] for c in range(48, 58)}
    assert len(widths) == 1, widths

main(*sys.argv[1:3])
