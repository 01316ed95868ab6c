"""Asks mystmd, which Jupyter Book 2 is made of, which directives and roles of our sources it knows.

``python tests/mystmd/known.py`` fetches the newest mystmd from npm, tries each of them on it, and writes known.json.
"""

import json
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
KNOWN = Path(__file__).parent / "known.json"
_DIRECTIVE = re.compile(r"^\s*(?:`{3,}|:{3,})\{([\w:-]+)\}", re.MULTILINE)
_ROLE = re.compile(r"(?<![`{])\{([\w:-]+)\}`")


def used() -> dict[str, set[str]]:
    """Return the directives and the roles of all pages and chapters."""
    texts = [path.read_text(encoding="utf-8") for part in ("book", "notebooks") for path in (ROOT / part).rglob("*.md")]
    return {
        kind: {name for text in texts for name in pattern.findall(text)}
        for kind, pattern in (("directives", _DIRECTIVE), ("roles", _ROLE))
    }


def main() -> None:
    """Try what is used, one piece a paragraph, and keep what mystmd does not call unknown."""
    asked = used()
    pieces = [f":::{{{name}}}\n:::" for name in sorted(asked["directives"])]
    pieces += [f"{{{name}}}`page`" for name in sorted(asked["roles"])]
    with tempfile.TemporaryDirectory() as folder:
        at = {"cwd": folder, "capture_output": True, "text": True, "check": True}
        packed = subprocess.run(["npm", "pack", "--silent", "mystmd"], **at).stdout.strip()
        subprocess.run(["tar", "-xzf", packed], **at)
        (Path(folder) / "page.md").write_text("# Page\n\n" + "\n\n".join(pieces) + "\n", encoding="utf-8")
        said = subprocess.run(["node", "package/dist/myst.cjs", "build", "page.md", "--md"], **{**at, "check": False})
        version = json.loads((Path(folder) / "package" / "package.json").read_text(encoding="utf-8"))["version"]
    told = said.stdout + said.stderr
    unknown = {kind: set(re.findall(rf"unknown {kind[:-1]}: ([\w:-]+)", told)) for kind in asked}
    known = {kind: sorted(asked[kind] - unknown[kind]) for kind in asked}
    KNOWN.write_text(json.dumps({"version": version, **known}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
