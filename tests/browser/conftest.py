"""One browser and one book for all tests of a process: Playwright's synchronous interface cannot be started twice."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from handbook_utils.chapters import handbook_root
from handbook_utils.publishing import build_book

#: Milliseconds that a page is waited for: a busy machine is no failure, and what never comes is one after ten minutes.
PATIENCE = 600_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("These tests need Chromium: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE)
        running.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield running
        running.close()


@pytest.fixture(scope="session")
def site() -> Path:
    report = build_book(handbook_root())
    assert report.failures == ()
    return report.index.parent
