"""Where a sheet of paper leads: the address of its page, also as a code that a telephone reads."""

from __future__ import annotations

import html
import io
from functools import lru_cache
from pathlib import Path

from handbook_utils.publishing.teaching.words import WORDS
from handbook_utils.publishing.web.address import site_address


def page_address(root: Path, slug: str, lang: str, site: str = "") -> str:
    """Return where a chapter can be read on the web.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    slug : str
        The chapter.
    lang : str
        The edition.
    site : str
        Where the site is published, if that is known better than ``_config.yml`` does.

    Returns
    -------
    str
        Of the page; empty where the site is published nowhere: there is no page to lead to.
    """
    address = site_address(root, site)
    return f"{address}/{lang}/notebooks/{slug}.html" if address else ""


@lru_cache(maxsize=256)
def qr_svg(address: str, lang: str) -> str:
    """Draw an address as a code that a telephone reads.

    Parameters
    ----------
    address : str
        Of a page.
    lang : {"en", "nl"}
        Language of the text for who cannot see it.

    Returns
    -------
    str
        SVG, of error correction level M (ISO/IEC 18004).

    Examples
    --------
    >>> made = qr_svg("https://example.org", "en")
    >>> made[:30], "it leads to https://example.org" in made
    ('<svg class="qr" role="img" ari', True)
    """
    import segno

    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=4, omitsize=True
    )
    alt = html.escape(WORDS[lang]["qr"].format(address=address))
    return drawn.getvalue().decode().strip().replace("<svg", f'<svg class="qr" role="img" aria-label="{alt}"', 1)
