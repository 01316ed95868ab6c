"""The sources are ready for Jupyter Book 2: mystmd knows what they are written in, our own pieces and glue apart."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from known import KNOWN, ROOT, used

#: Numbers of an executed chapter: mystmd has an evaluation of its own in place of it.
GLUE = {"glue:text"}


def test_mystmd_knows_every_directive_and_role():
    known, asked = json.loads(KNOWN.read_text(encoding="utf-8")), used()
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    own = set(re.findall(r'add_directive\("([\w-]+)"', sources))  # they become plugins of mystmd
    assert {"admonition", "exercise", "code-cell", "bibliography"} <= set(known["directives"])
    assert own & asked["directives"] == own, "a directive that no page uses"
    assert not own & set(known["directives"]), "a directive of ours has the name of one of mystmd"
    assert asked["directives"] - own - set(known["directives"]) == set()
    assert asked["roles"] - GLUE - set(known["roles"]) == set()
