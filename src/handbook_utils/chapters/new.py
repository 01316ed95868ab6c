"""A new chapter that meets the contract, for an author to fill."""

from __future__ import annotations

import re
from pathlib import Path

from handbook_utils.chapters.catalogue import PARTS
from handbook_utils.errors import InputError

_PAGE = """---
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
handbook:
  part: {part}
  question: {question}
  audience: [researchers]
  minutes: 15
  data: [throat]
  languages: {languages}
  needs: A feature table.{help_nl}
---

# {title}

:::{{admonition}} At a glance
:class: at-a-glance
**Question.** {question}
**For** researchers. **Time** 15 minutes. **Data** throat. **You need** a feature table.
:::
{answer}
## What you will learn

- Count the taxa of each sample.

## Parameters

```{{code-cell}} python
:tags: [parameters]
minimum: int = 1  # reads that make a taxon present [1..1000]{lang}
```

```{{code-cell}} python
import matplotlib.pyplot as plt

from handbook_utils import datasets
from handbook_utils.results import Results

out = Results({results})
```

({name}-count)=
## Count what is present

Say what the code does, and why.
The counts below are of samples of the throat.

```{{code-cell}} python
study = datasets.load("throat")
present = (study.to_frame() >= minimum).sum(axis=1)
out.value("{name}-median", present.median(), 0)
```

```{{code-cell}} python
fig, axes = plt.subplots()
axes.hist(present, bins=20)
axes.set(xlabel="taxa in a sample (count)", ylabel="samples (count)")
out.figure(
    fig, "taxa",
    alt=f"Histogram of taxa per sample: {{len(present)}} samples, from {{present.min()}} to {{present.max()}} taxa.",
)
```

The median sample holds {{glue:text}}`{name}-median` taxa {{cite:p}}`{citation}`.

:::{{admonition}} Pitfall
:class: warning
A sample that was read deeper shows more taxa.
:::

## Check

```{{code-cell}} python
:tags: [nbval-check-output, check]
print(f"taxa: median {{present.median():.0f}}, least {{present.min()}}, most {{present.max()}}")
```

## Exercise

:::{{exercise}}
:label: {name}-exercise-1
How many samples hold fewer taxa than the median?
:::

:::{{solution-start}} {name}-exercise-1
:::

```{{code-cell}} python
int((present < present.median()).sum())
```

:::{{solution-end}}
:::

## Quiz

:::{{dropdown}} Does a sample with more taxa come from a healthier person?
This chapter cannot say: it counts, and nothing more.
:::

:::{{dropdown}} Why does depth matter?
A taxon that is rare is only seen where enough is read.
:::

## Key takeaways

- Counts of taxa hang on depth: [count what is present](#{name}-count).

## Limits

Counts of one data set, without a correction for depth.

## References

```{{bibliography}}
:filter: docname in docnames
```
"""
_QUESTION = "How many taxa does a sample of {name} hold?"
_ANSWER = """
:::{admonition} The short answer
:class: tip
Say it in three sentences.
:::

:::{drawing} gut
:::
"""


def new_chapter(root: Path, slug: str) -> Path:
    """Write a chapter that meets the contract and runs, as a beginning.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    slug : str
        Part and name: ``recipes/my-topic``.

    Returns
    -------
    pathlib.Path
        The file written. The author puts it into ``_toc.yml``.

    Raises
    ------
    InputError
        A name that is not one, or one that is taken.
    """
    part, _, name = slug.partition("/")
    if part not in PARTS or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise InputError(
            f"'{slug}' cannot be the slug of a chapter.",
            expected=f"a part ({', '.join(PARTS)}), a slash, and small letters, digits and hyphens",
            found=slug,
            remedy="For example: recipes/my-topic",
        )
    path = root / "notebooks" / f"{slug}.md"
    if path.exists():
        raise InputError(f"Chapter {slug} exists.", where=path.relative_to(root).as_posix())
    bibliography = (root / "book" / "references.bib").read_text(encoding="utf-8")
    citation = re.search(r"^@\w+\{([^,\s]+),", bibliography, re.MULTILINE)
    both = part == "explainers"
    question = _QUESTION.format(name=name)
    page = _PAGE.format(
        part=part,
        name=name,
        question=question,
        title=question if both else f"Count the taxa of {name}",
        answer=_ANSWER if both else "",
        languages="[en, nl]" if both else "[en]",
        help_nl="\n  help_nl: {minimum: aantal reads, lang: taal van figuren en tabellen}" if both else "",
        lang='\nlang: str = "en"  # language of figures and tables {en | nl}' if both else "",
        results="lang" if both else "",
        citation=citation[1] if citation else "",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path
