"""python -m tests.bench.expressions: microseconds an expression takes, beside the same written as a Python lambda.

The lambda has no conversions and no empty answers to think of: it is the floor, not a rival.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable, Mapping
from typing import Any

from bot.engine.xpath import expressions
from tests.engine.expression_table import CONTEXT

#: A typical expression takes no more, in microseconds (issue 3).
MOST = 10.0

Plain = Callable[[Mapping[str, Any]], object]

#: What real forms write most, each with the same in Python over a dict of answers.
TYPICAL: dict[str, Plain] = {
    "${age} >= 18": lambda a: a["age"] >= 18,
    "selected(${top}, 'work')": lambda a: "work" in a["top"].split(),
    "selected(${top}, 'x') and ${age} >= 18": lambda a: "x" in a["top"].split() and a["age"] >= 18,
    "not(selected(., 'none') and count-selected(.) > 1)": lambda a: (
        not ("none" in a["top"].split() and len(a["top"].split()) > 1)
    ),
    "if(${age} > 3, 'x', 'y')": lambda a: "x" if a["age"] > 3 else "y",
    "${sex} = 'woman' and (${age} < 18 or ${raion} != '')": lambda a: (
        a["sex"] == "woman" and (a["age"] < 18 or a["raion"] != "")
    ),
    "coalesce(${never}, ${name})": lambda a: a.get("never") or a["name"],
    "regex(${name}, '[А-Яа-яӨөҮүҢң]+')": lambda a: a["name"].isalpha(),
    "int((today() - ${born}) div 365.25)": lambda a: CONTEXT.now.year - int(a["born"][:4]),
    "sum(${child_age}) div count(${child})": lambda a: (4.0 + 7.0) / 3,
    "concat(${name}, ', ', ${age}, ' жаш')": lambda a: f"{a['name']}, {a['age']:g} жаш",
    "round(${amount} * 100 div 7, 1)": lambda a: round(12.5 * 100 / 7, 1),
}
#: What is no typical expression, but must not hurt either: it goes through a list of 2,000.
LONG = "instance('many')/root/item[name = ${raion}]/label"


def microseconds(work: Callable[[], object]) -> float:
    """The best of five rounds: what disturbs a measurement only makes it longer."""
    timer = timeit.Timer(work)
    count, _ = timer.autorange()
    return min(timer.repeat(5, max(1, count // 4))) / max(1, count // 4) * 1e6


def measured(source: str, context: expressions.Context) -> float:
    """Microseconds of one evaluation."""
    evaluate = expressions.compile(source).evaluate
    return microseconds(lambda: evaluate(context))


def main() -> None:
    """Print the table."""
    context = CONTEXT._replace(current="work health")
    print(f"{'expression':<56} {'µs':>7} {'lambda':>7} {'compile':>8}")
    slowest = 0.0
    for source, plain in TYPICAL.items():
        took, answers = measured(source, context), context.answers
        floor = microseconds(lambda plain=plain, answers=answers: plain(answers))  # type: ignore[misc] # bound for the loop
        built = microseconds(lambda source=source: expressions.compile(source))  # type: ignore[misc] # bound for the loop
        slowest = max(slowest, took)
        print(f"{source:<56} {took:>7.2f} {floor:>7.2f} {built:>8.1f}")
    rows = [{"name": f"village{n}", "label": str(n)} for n in range(2000)]
    took = measured(LONG, context._replace(lists={"many": rows}))
    print(f"{LONG:<56} {took:>7.1f}   through 2,000 rows")
    print(f"\nthe slowest typical one: {slowest:.1f} µs of {MOST:.0f} allowed")


if __name__ == "__main__":
    main()
