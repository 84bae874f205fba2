"""Makes the two files of this folder from Inter's own: tabular digits become the default, the rest is cut."""
import sys
from fontTools.ttLib import TTFont
from fontTools import subset

RANGES = [(0x20, 0x7e), (0xa0, 0x17f), (0x2c6, 0x2dd), (0x370, 0x3ff), (0x400, 0x45f), (0x2000, 0x206f),
          (0x2070, 0x209f), (0x20ac, 0x20ac), (0x2116, 0x2122), (0x2150, 0x215e), (0x2190, 0x21ff), (0x2200, 0x22ff), (0x2300, 0x2328),
          (0x25a0, 0x25ff), (0x2713, 0x2718), (0xfffd, 0xfffd)]

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
    font.save(target)
    widths = {font["hmtx"][font.getBestCmap()[c]][0] for c in range(48, 58)}
    assert len(widths) == 1, widths

main(*sys.argv[1:3])
