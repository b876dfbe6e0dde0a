"""Holds a scanned part against PDF/A-2b (ISO 19005-2) where it can be seen from outside: prints one JSON object.

Usage: pdfa.py FILE
"""

import json
import sys

import pikepdf


def fonts(page):
    for _, font in page.get("/Resources", {}).get("/Font", {}).items():
        for descendant in font.get("/DescendantFonts", [font]):
            yield descendant.get("/FontDescriptor", {})


def shown_texts(page):
    operators = pikepdf.parse_content_stream(page)
    return sum(str(instruction.operator) in ("Tj", "TJ") for instruction in operators)


def visible_texts(page):
    """Texts drawn after the picture of the page: what is drawn before lies beneath it."""
    operators = [str(instruction.operator) for instruction in pikepdf.parse_content_stream(page)]
    picture = max(index for index, operator in enumerate(operators) if operator == "Do")
    return sum(operator in ("Tj", "TJ") for operator in operators[picture:])


with pikepdf.open(sys.argv[1]) as pdf:
    with pdf.open_metadata() as xmp:
        standard = xmp.pdfa_status
    intents = pdf.Root.get("/OutputIntents", [])
    all_fonts = [font for page in pdf.pages for font in fonts(page)]
    print(
        json.dumps(
            {
                "standard": standard,
                "profiles": [str(intent.S) for intent in intents if "/DestOutputProfile" in intent],
                "fonts": len(all_fonts),
                "embedded": sum(any(f"/FontFile{n}" in font for n in ("", "2", "3")) for font in all_fonts),
                "texts": [shown_texts(page) for page in pdf.pages],
                "visible": sum(visible_texts(page) for page in pdf.pages),
                "millimetres": [[round(float(side) / 72 * 25.4, 2) for side in list(page.MediaBox)[2:]] for page in pdf.pages],
                "encrypted": pdf.is_encrypted,
            }
        )
    )
