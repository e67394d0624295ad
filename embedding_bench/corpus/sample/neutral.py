"""Words that carry no class information on their own: companions, background words, markers and cues.

A `~` is a space within a phrase.
"""

COMPANIONS = {
    "agent": (
        "seasoned cautious patient shrewd wary",
        "outspoken powerful influential respected prominent",
        "busy eager cheerful restless hopeful",
        "diligent meticulous tireless discreet thorough",
    ),
    "act": (
        "quietly hastily jointly secretly boldly",
        "repeatedly reluctantly gladly openly carefully",
    ),
    "move": (
        "strongly steadily briskly smoothly proudly",
        "badly abruptly miserably painfully helplessly",
    ),
    "event": (
        "proposed disputed planned delayed unexpected",
        "modest huge tiny sizeable combined",
        "nearby historic renowned sprawling old",
        "upgraded shiny improved heavy modern",
    ),
    "quality": (
        "remarkably surprisingly fairly consistently admirably",
        "extremely terribly hopelessly dreadfully needlessly",
        "purely mostly largely strictly distinctly",
    ),
}

BACKGROUND = {
    "people": (
        "officials reporters residents visitors neighbours parents teachers pupils students tourists "
        "commuters drivers passengers gardeners musicians painters writers actors dancers librarians "
        "nurses cooks waiters bakers carpenters farmers fishermen pensioners families guests strangers "
        "volunteers friends critics witnesses locals newcomers observers singers photographers"
    ),
    "did": (
        "discussed described mentioned praised questioned reviewed watched visited noticed remembered "
        "ignored enjoyed criticised examined admired showed moved opened closed cleaned painted repaired "
        "photographed welcomed awaited studied shared borrowed followed recalled sketched decorated "
        "compared preferred crossed avoided inspected celebrated organised reopened"
    ),
    "thing": (
        "weather letter garden photograph story book song lunch menu window curtain road map plan question "
        "answer list picture notice door lamp table chair clock calendar ticket journey holiday film novel "
        "poem speech meeting concert exhibition parade festival recipe fountain bench statue mural ladder "
        "basket blanket umbrella suitcase mirror carpet candle orchard fence"
    ),
    "place": (
        "harbour station kitchen bridge market hotel river lake beach valley forest hill tower restaurant "
        "corner village street tunnel courtyard meadow pond balcony staircase corridor canal lighthouse "
        "windmill barn"
    ),
    "near": "near beside behind inside outside around beyond",
    "joined": "while as because although since when",
    "when": (
        "on~Monday on~Tuesday on~Wednesday on~Thursday on~Friday on~Saturday on~Sunday in~January in~March "
        "in~April in~June in~August in~October in~December yesterday again today at~noon at~midnight "
        "last~week last~month this~morning this~evening after~breakfast before~dinner during~the~night "
        "for~two~hours for~several~days once~more"
    ),
    "opening": (
        "on~a~quiet~afternoon according~to~reports in~the~end after~weeks~of~rain despite~the~cold "
        "as~expected in~recent~days to~general~surprise by~all~accounts without~much~notice "
        "in~a~short~statement for~the~third~time at~the~same~time over~the~weekend after~a~pause "
        "contrary~to~rumours once~again as~usual in~other~news earlier~this~year"
    ),
}

# The order facet: a text belongs to the first class of the pair if the markers occur in this order.
# Each marker has its own companions, which follow it in either position.
MARKERS = {(0, 1): ("public", "private"), (2, 3): ("national", "local")}
MARKER_COMPANIONS = (
    "library hospital square park promenade auditorium",
    "villa terrace island cottage jetty greenhouse",
    "museum theatre airport monument gallery zoo",
    "school church cafe pub playground cinema",
)

# The ambiguous facet: the noun determines the pair; a text belongs to its first class if both words of the cue are
# from the same column, and to its second class otherwise.
CUES = (("early", "late"), ("open", "secret"))
CUE_COMPANIONS = (
    "at~sunrise in~spring",
    "at~sunset in~autumn",
    "on~the~stage on~the~lawn",
    "in~the~cellar in~the~attic",
)
NOUNS = {(0, 2): "transfer", (1, 3): "mission"}
