"""What a report says of its own, beside the chapter."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "nl"]


WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "skip": "Skip to the content",
        "contents": "Contents",
        "code": "Code",
        "warnings": "Warnings",
        "solution": "Solution",
        "exercise": "Exercise",
        "references": "References",
        "provenance": "How this report was made",
        "made": "Made by the chapter {slug} of the Gut Microbiome Handbook, "
        "executed on {executed} with Python {python}.",
        "failed": "This run did not finish",
        "package": "Package",
        "version": "Version",
        "data": "Data of the handbook",
        "inputs": "Your files",
        "bytes": "Bytes",
        "source": "SHA-256 of the chapter's source: ",
        "unknown": "(not computed)",
        "figure": "Figure",
        "table": "Table",
        "note": "Note",
        "warning": "Warning",
        "tip": "Tip",
        "important": "Important",
        "caution": "Caution",
        "danger": "Danger",
        "hint": "Hint",
        "seealso": "See also",
        "attention": "Attention",
        "error": "Error",
    },
    "nl": {
        "skip": "Naar de inhoud",
        "contents": "Inhoud",
        "code": "Code",
        "warnings": "Waarschuwingen",
        "solution": "Uitwerking",
        "exercise": "Opdracht",
        "references": "Literatuur",
        "provenance": "Hoe dit verslag is gemaakt",
        "made": "Gemaakt door het hoofdstuk {slug} van het Handboek Darmmicrobioom, "
        "uitgevoerd op {executed} met Python {python}.",
        "failed": "Deze uitvoering is niet afgekomen",
        "package": "Pakket",
        "version": "Versie",
        "data": "Gegevens van het handboek",
        "inputs": "Uw bestanden",
        "bytes": "Bytes",
        "source": "SHA-256 van de bron van het hoofdstuk: ",
        "unknown": "(niet berekend)",
        "figure": "Figuur",
        "table": "Tabel",
        "note": "Opmerking",
        "warning": "Let op",
        "tip": "Tip",
        "important": "Belangrijk",
        "caution": "Voorzichtig",
        "danger": "Gevaar",
        "hint": "Hint",
        "seealso": "Zie ook",
        "attention": "Let op",
        "error": "Fout",
    },
}
