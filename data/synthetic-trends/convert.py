"""Write table.csv: synthetic search interest, made by a seeded module of the handbook.

Run it after a change of that module: ``python data/synthetic-trends/convert.py``, then ``python data/describe.py``.
"""

from pathlib import Path

from handbook_utils.analysis.time.trends_simulation import synthetic_trends

made = synthetic_trends().interest
made.columns = [term.replace(" ", "_") for term in made.columns]
made.to_csv(Path(__file__).with_name("table.csv"), float_format="%g", date_format="%Y-%m-%d")
