"""``handbook import-forms``: an export of REDCap or Castor, brought into this handbook's columns by a map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handbook_utils.cli.terminal import say, tell
from handbook_utils.errors import InputError

app = typer.Typer()


@app.command("import-forms")
def import_forms(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="Of REDCap or Castor: CSV or Excel.")],
    map_file: Annotated[Path, typer.Option("--map", help="The map; proposed and written where it is not there yet.")],
    target: Annotated[str, typer.Option("--as", help="questionnaire or screening.")] = "questionnaire",
    dictionary: Annotated[
        list[Path] | None, typer.Option(help="REDCap's data dictionary, or Castor's two lists; may be given twice.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="CSV", help="The table.")] = None,
) -> None:
    """Bring an export of electronic forms into the columns of a questionnaire or a screening log.

    The first time a map is proposed and written; look through it. From then on the map is used as it is.
    """
    from handbook_utils.protocols.forms.export import read_export
    from handbook_utils.protocols.forms.mapping import applied, proposed, read_map
    from handbook_utils.text import durable

    read = read_export(export, dictionary or ())
    if not map_file.exists():
        made = proposed(read, target)
        durable.write(map_file, made.as_yaml().encode("utf-8"))
        empty = [name for name, column in made.columns.items() if not column.names]
        say(f"{map_file}: a proposal, by the names and labels of {len(read.table.columns)} fields ({read.system}).")
        if empty:
            tell(f"Not recognised, and empty: {', '.join(empty)}.")
        tell("Look through it, then give the same command once more with -o.")
        return
    if output is None or output.exists():
        raise InputError(
            "The table cannot be written there.",
            expected="-o with a CSV that is not there yet",
            found=str(output or "nothing"),
        )
    table = applied(read_map(map_file), read)
    durable.write(output, table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    say(f"{output}: {len(table)} rows.")
