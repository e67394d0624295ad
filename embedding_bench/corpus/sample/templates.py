"""The sentences: every facet has cores, any of which may follow an opening and lead to an ending.

A slot in braces is drawn for each text: `{act}` a class word, `{act.with}` a companion of it, `{name}` a name
of the class's kind, `{surname}` anybody's; the others are background words, the markers or the cues. The
cores of a facet serve all four classes, so nothing but the words in the slots tells the class.
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
# Both markers stand in the same surroundings, so that neither bigrams nor trigrams tell their order.
ORDER = (
    "{people} {did} the {thing} {near} the {first} {first.with} {when}, {joined} {people} {did} the {thing} "
    "{near} the {second} {second.with} {when}",
)
# An exclusive-or is hard to learn from 300 examples: so the cue stands twice, its company once more, and no
# surname near by that a model could remember instead.
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
