"""Streets of the town centre, in RD metres.

Which streets there are and which touch is sourced, as are the points they pass within
150 m; their course is sketched.
"""

from __future__ import annotations

from data.drawing.shapes import Points

__all__ = ["BRINK_STREETS", "CORE_STREETS", "STREETS"]

CORE_STREETS: dict[str, Points] = {
    "Koopmansplein": (
        (233850, 557238),
        (233872, 557300),
        (233930, 557298),
        (233925, 557242),
        (233850, 557238),
    ),
    "Marktstraat": ((233852, 556972), (233900, 557000), (233948, 557032)),
    "Kruisstraat": ((233925, 557040), (233950, 557090), (233978, 557148)),
    "Gedempte Singel": ((233985, 557052), (234040, 557080), (234098, 557112)),
    "Weiersloop": ((233846, 557062), (233886, 557078), (233928, 557092)),
    "Oudestraat": ((233905, 557303), (233930, 557330), (233960, 557410)),
    "Oude Molenstraat": ((233872, 557310), (233876, 557368), (233864, 557440)),
    "Cerestraat": ((233795, 557300), (233822, 557330), (233868, 557352)),
    "Ceresplein": ((233786, 557348), (233818, 557372), (233852, 557384)),
    "Rolderstraat": ((233985, 557150), (234090, 557135), (234250, 557100)),
    "Groningerstraat": ((233960, 557410), (234000, 557545), (234040, 557720)),
    "Singelpassage": ((234018, 557160), (234030, 557205), (234034, 557248)),
    "Mercuriusplein": ((233770, 557156), (233800, 557180), (233822, 557214)),
    "Triade": ((233826, 557462), (233870, 557470), (233918, 557484)),
    "Citadel": ((234050, 557310), (234080, 557330), (234112, 557348)),
}
"""Streets of the core shopping area."""

BRINK_STREETS: dict[str, Points] = {
    "Brinkstraat": ((233962, 556988), (233998, 557003), (234036, 557016)),
}

STREETS: dict[str, Points] = {**CORE_STREETS, **BRINK_STREETS}
