"""Moves between the nine states of Austria, and what a published calibration made of them.

Moves and distances in km (between centres, none within a state): Dennett, A. (2012),
"Estimating flows between geographical locations: 'get me started in' spatial interaction
modelling", CASA Working Paper 181, University College London. Decay and flows: the reference
values of the doubly constrained model in SpInt, the package of Oshan, T. (2016), "A primer for
working with the Spatial Interaction modeling (SpInt) module in the Python spatial analysis
library (PySAL)", REGION 3(2). There a Poisson regression found them, whose likelihood is
largest where all sums and the mean distance are kept.
"""

from __future__ import annotations

import numpy as np

STATES = 9

_MOVES = [
    1131, 1887, 69, 738, 98, 31, 43, 19,
    1633, 14055, 416, 1276, 1850, 388, 303, 159,
    2301, 20164, 1080, 1831, 1943, 742, 674, 407,
    85, 379, 1597, 1608, 328, 317, 469, 114,
    762, 1110, 2973, 1252, 1081, 622, 425, 262,
    196, 2027, 3498, 346, 1332, 2144, 821, 274,
    49, 378, 1349, 310, 851, 2117, 630, 106,
    87, 424, 978, 490, 670, 577, 546, 569,
    33, 128, 643, 154, 328, 199, 112, 587,
]  # fmt: skip

_KM = [
    103.001845, 84.204666, 220.811933, 132.00748, 214.511814, 246.933305, 390.85611, 505.089539,
    45.796272, 216.994739, 129.878172, 140.706671, 201.232355, 343.50075, 453.515594,
    249.932874, 158.630661, 186.420738, 244.108305, 387.61776, 498.407152,
    92.407958, 151.777157, 92.894408, 194.851669, 306.105825,
    124.563096, 122.433524, 261.893783, 376.34667,
    81.753652, 208.456383, 314.793199,
    145.076472, 258.591197,
    114.46325,
]  # fmt: skip

BETA = 0.00791533

_MODELLED = [
    978.988280, 2260.03279, 104.038742, 338.382580, 190.458075, 86.7908467, 43.7554720, 13.5532201,
    1026.93176, 14357.9537, 502.646536, 1613.14478, 1601.24044, 584.144805, 298.377549, 95.5604104,
    2920.86883, 17689.9160, 949.267467, 3149.10952, 2733.15395, 1019.72797, 515.779061, 164.177257,
    173.496758, 799.088484, 1224.86311, 931.563443, 629.698756, 591.117070, 415.424488, 131.747905,
    449.674437, 2043.61676, 3238.02841, 742.345992, 1002.34547, 600.432512, 313.590596, 96.9658353,
    329.132064, 2637.92996, 3654.58094, 652.540343, 1303.46098, 1165.17842, 673.203489, 221.973821,
    147.356669, 945.479887, 1339.62391, 601.828982, 767.131590, 1144.76805, 643.385796, 200.425139,
    74.1169755, 481.822820, 676.007805, 421.969575, 399.722086, 659.873779, 641.890452, 985.596546,
    24.4225078, 164.157859, 228.909306, 142.362371, 131.485029, 231.461478, 212.717926, 1048.48355,
]  # fmt: skip


def _off_diagonal(values: list[float], diagonal: float) -> np.ndarray:
    matrix = np.full((STATES, STATES), diagonal)
    matrix[~np.eye(STATES, dtype=bool)] = values
    return matrix


def moves() -> np.ndarray:
    """Moves from one state (row) to another."""
    return _off_diagonal(_MOVES, 0.0)


def modelled() -> np.ndarray:
    """Moves as the published model has them."""
    return _off_diagonal(_MODELLED, 0.0)


def km() -> np.ndarray:
    """Distances; infinite within a state."""
    matrix = np.zeros((STATES, STATES))
    matrix[np.triu_indices(STATES, 1)] = _KM
    matrix += matrix.T
    np.fill_diagonal(matrix, np.inf)
    return matrix
