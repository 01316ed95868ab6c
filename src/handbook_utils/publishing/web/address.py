"""Where the site is published. It opens from disk and from any host, so it may be published nowhere yet."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from handbook_utils.errors import InputError
from handbook_utils.text import yaml_text

_KEY = "baseurl under html in _config.yml"


def site_address(root: Path, given: str = "") -> str:
    """Return the address under which the editions will be found, without a slash at its end.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, whose ``_config.yml`` may name it (``html: baseurl``).
    given : str
        An address that goes before the configuration's.

    Returns
    -------
    str
        Empty where neither says one: pages then have no canonical address, and there is no sitemap.

    Raises
    ------
    InputError
        What was said is no address of a site.

    Examples
    --------
    >>> site_address(Path("nowhere"), "https://example.org/handbook/")
    'https://example.org/handbook'
    """
    where = "--address"
    if not given and (config := root / "_config.yml").is_file():
        told = yaml_text.typed(config.read_text(encoding="utf-8"), config.name) or {}
        given, where = str((told.get("html") or {}).get("baseurl") or ""), _KEY
    if not given:
        return ""
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise InputError(
            "That is no address of a site.",
            where=where,
            expected="an address such as https://name.example/handbook",
            found=given,
        )
    return given.rstrip("/")
