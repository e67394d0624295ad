"""Sentence templates: every combination of an opening, a core of the facet and an ending.

A slot in braces is drawn for each text: `{act}` a class word, `{act.with}` its companion, `{name}` a name of the kind
of the class, `{surname}` a name of any class; the others are background words, markers or cues. The cores of a facet
serve all four classes, so that only the words in the slots depend on the class.
"""

import re
from typing import NamedTuple

_CLAUSE = "the {people} {did} the {thing} {near} the {place}"

OPENINGS = ("{opening}, ", "{surname} said ", "")
ENDINGS = (
    f", {{joined}} {_CLAUSE} {{when}}.",
    ", {joined} {surname} {did} the {thing} {near} the {place} {when}.",
)

PLAIN = (
    "the {agent.with} {agent} {act.with} {act} the {event.with} {event} of {name}",
    "{name} {move} {move.with} after the {quality.with} {quality} {event} of the {agent}",
    "the {quality.with} {quality} {agent} {act} the {event.with} {event} with {name}",
    "the {agent.with} {agent} of {name} {move} {move.with} amid the {event.with} {event}",
)
RARE = (
    "the {agent.with} {agent} from {name} {did} the {thing} with {name}",
    "{name} {move} {move.with} after the {thing} with {name}",
    "{name} and {name} {act.with} {act} the {thing} {near} the {place}",
    "the {quality.with} {quality} {thing} of {name} {move} {move.with} {near} the {place}",
    "the {people} of {name} {did} the {event.with} {event} with {name}",
)
# Both markers have the same context, so that bigrams and trigrams carry no information on their order.
ORDER = (
    "{people} {did} the {thing} {near} the {first} {first.with} {when}, {joined} {people} {did} the {thing} "
    "{near} the {second} {second.with} {when}",
)
# An exclusive-or is hard to learn from 300 examples: the cue occurs twice, its companion once, and there is no surname
# that a model could memorise instead.
AMBIGUOUS = (
    "the {people} {did} the {cue} {twist} {noun} {cue.with}, {joined} the {people} {did} the {cue} {twist} "
    "{noun} {twist.with}",
)

CORES = {"plain": PLAIN, "rare": RARE, "order": ORDER, "ambiguous": AMBIGUOUS}


class Template(NamedTuple):
    """A whole text: a `%s` pattern and the slots that fill it, in order."""

    pattern: str
    slots: tuple[str, ...]


def _templates(facet: str) -> list[Template]:
    endings = (".",) if facet in ("order", "ambiguous") else ENDINGS
    texts = [opening + core + ending for core in CORES[facet] for opening in OPENINGS for ending in endings]
    return [Template(re.sub(r"{[^}]*}", "%s", text), tuple(re.findall(r"{([^}]*)}", text))) for text in texts]


TEMPLATES = {facet: _templates(facet) for facet in CORES}
