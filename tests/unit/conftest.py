"""What several of the unit tests need."""

import json
from pathlib import Path

import pytest
import rocrate
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.2/context"


@pytest.fixture
def offline(monkeypatch):
    """Give the validator the JSON-LD context without a network: rocrate ships it (of 1.3, which adds terms to 1.2)."""
    text = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8")

    class Answer:
        status_code = 200
        headers = {"Content-Type": "application/ld+json"}  # noqa: RUF012

        def json(self):
            return json.loads(text)

    Answer.text = text

    def get(self, url, *_, **__):
        if url != CONTEXT:
            raise OSError(f"no network: {url}")
        return Answer()

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)  # it hands on by __getattr__
