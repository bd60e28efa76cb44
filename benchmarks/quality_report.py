"""What the rows of quality.py say: tables of assessments by true error, and the pictures of docs/benchmarks.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fusionviewer.quality.guard import expected_error

Row = dict[str, Any]

BINS = {"<= 1 mm": (0, 1), "1-2 mm": (1, 2), ">= 2 mm": (2, 99), ">= 3 mm": (3, 99), ">= 5 mm": (5, 99)}
VERDICTS = ("fine", "look", "wrong")
BASES = ("sample", "second")


def report(rows: list[Row]) -> None:
    """Print what the rows of each kind say."""
    told: dict[str, Callable[[list[Row]], None]] = {
        "poses": _poses, "pairs": _pairs, "tries": _tries, "sizes": _sizes, "bone": _bone,
    }  # fmt: skip
    for what, tell in told.items():
        own = [r for r in rows if r["what"] == what]
        if own:
            heads = ", ".join(sorted({r["head"] for r in own}))
            print(f"== {what}: {len(own)} rows of {heads}, seeds {sorted({r['seed'] for r in own})}")
            tell(own)


def _poses(rows: list[Row]) -> None:
    print(f"{'true error':<12}{'base':<9}{'cases':>6}{'fine':>7}{'look':>7}{'wrong':>7}  least/most fine of a class")
    for title, (low, high) in BINS.items():
        for base in BASES:
            own = [r for r in rows if low <= r["true_mm"] <= high and r["head"].startswith(base)]
            if own:
                shares = _by_class(own, lambda r: r["verdict"] == "fine")
                ends = " ".join(f"{kind} {shares[kind]:.0%}" for kind in (_least(shares), _most(shares)))
                print(f"{title:<12}{base:<9}{len(own):>6}{_shares(own)}  {ends}")
    told = with_estimates(rows)
    held = _by_class(told, lambda r: r["p95_upper_mm"] >= r["true_mm"])
    right = [r for r in rows if r["true_mm"] <= 1]
    near = [r for r in told if r["true_mm"] <= 5]
    print(f"upper bound held: {_mean(told, lambda r: r['p95_upper_mm'] >= r['true_mm']):.1%}, "
          f"least in {_least(held)}: {held[_least(held)]:.0%}")  # fmt: skip
    small = [r for r in told if r["true_mm"] <= 1 and r["p95_upper_mm"] <= 2]
    print(f"upper bound <= 2 mm in {len(small) / max(len(right), 1):.0%} of right poses")
    off = np.mean([abs(r["p95_mm"] - r["true_mm"]) for r in near])
    print(f"mean |p95 - true| for true <= 5 mm: {off:.2f} mm")
    good, bad = _moved(rows, 0, 1), _moved(rows, 2, 3)
    if good.size and bad.size:
        print(f"AUC of 2-3 mm against <= 1 mm by the residual motion: {area(good, bad):.3f} ({bad.size}:{good.size})")
        for base in BASES:
            own = [r for r in rows if r["head"].startswith(base)]
            good, bad = _moved(own, 0, 1), _moved(own, 2, 3)
            if good.size and bad.size:
                print(f"  of {base} alone: {area(good, bad):.3f} ({bad.size}:{good.size})")
    false = _mean(right, lambda r: "voxel_size_wrong" in r["codes"])
    print(f"voxel size wrongly named in {false:.1%} of right poses")
    print(f"seconds for a pose: median {np.median([r['seconds'] for r in rows]):.1f}")


def _pairs(rows: list[Row]) -> None:
    for what in ("mirrored", "brain", "other"):
        own = [r for r in rows if r["wrong"] == what]
        if own:
            print(f"{what:<21}{len(own):>6}{_shares(own)}")


def _tries(rows: list[Row]) -> None:
    for base in BASES:
        own = [r for r in rows if r["head"].startswith(base)]
        if own:
            kinds = _by_class(own, lambda r: r["after_mm"] < 1.5)
            after = np.median([r["after_mm"] for r in own])
            share = _mean(own, lambda r: r["after_mm"] < 1.5)
            print(f"{base:<9}{len(own):>5} poses: {share:.1%} below 1.5 mm, median {after:.2f} mm, "
                  f"least in {_least(kinds)}: {kinds[_least(kinds)]:.0%}")  # fmt: skip


def _sizes(rows: list[Row]) -> None:
    for base in BASES:
        for title, thick in (("up to 2 mm", False), ("above 2 mm", True)):
            own = [r for r in rows if r["head"].startswith(base) and (r["spacing_mm"] > 2.0) == thick]
            if own:
                axis = _mean(own, lambda r: r["told_axis"] == r["axis"])
                size = _mean(own, lambda r: r["told_axis"] == r["axis"] and abs(r["told_percent"] - r["percent"]) <= 1)
                fine = _mean(own, lambda r: r["verdict"] == "fine")
                print(f"{base:<9}voxels {title}: {len(own)}, axis named {axis:.0%}, size to 1 % {size:.0%}, "
                      f"called fine {fine:.0%}")  # fmt: skip


def _bone(rows: list[Row]) -> None:
    for base in BASES:
        own = [r for r in rows if r["head"].startswith(base)]
        for axis, name in enumerate(("left-right", "front-back", "head-feet")):
            ranks = [r["rank"] for r in own if r["axis"] == axis]
            if ranks:
                print(f"{base:<9}{name:<12}{len(ranks):>4} rank correlation: median {np.median(ranks):.3f}, "
                      f"least {min(ranks):.3f}, >= 0.97 in {np.mean(np.array(ranks) >= 0.97):.0%}")  # fmt: skip


def with_estimates(rows: list[Row]) -> list[Row]:
    """Those rows for which an error is told, with the estimates by the table of today: they may be older."""
    out = []
    for r in rows:
        told_mm = expected_error.estimated_mm(r["moved_mm"], r["unsure_mm"]) if "moved_mm" in r else None
        if told_mm is not None:
            out.append(r | {"p95_mm": told_mm[0], "p95_upper_mm": told_mm[1]})
    return out


def area(good: np.ndarray, bad: np.ndarray) -> float:
    """The area under the curve: how often a bad value is above a good one."""
    return float(np.mean([(b > good).mean() + 0.5 * (b == good).mean() for b in bad]))


def _moved(rows: Sequence[Row], low: float, high: float) -> np.ndarray:
    """The residual motions of poses whose true error lies in a range; outside what can be judged, as bad as any."""
    return np.array([r.get("moved_mm", 99.0) for r in rows if low <= r["true_mm"] <= high])


def _mean(rows: Sequence[Row], holds: Callable[[Row], bool]) -> float:
    return float(np.mean([holds(r) for r in rows])) if rows else float("nan")


def _by_class(rows: Sequence[Row], holds: Callable[[Row], bool]) -> dict[str, float]:
    kinds = defaultdict(list)
    for r in rows:
        kinds[r["kind"]].append(holds(r))
    return {kind: float(np.mean(values)) for kind, values in kinds.items()}


def _least(shares: dict[str, float]) -> str:
    return min(shares, key=lambda kind: shares[kind])


def _most(shares: dict[str, float]) -> str:
    return max(shares, key=lambda kind: shares[kind])


def _shares(rows: Sequence[Row]) -> str:
    return "".join(f"{np.mean([r['verdict'] == v for r in rows]):7.1%}" for v in VERDICTS)


def pictures(rows: list[Row], folder: Path) -> None:
    """Write guard-roc.svg and guard-reliability.svg."""
    poses = [r for r in rows if r["what"] == "poses"]
    _roc(poses, folder / "guard-roc.svg")
    _reliability(with_estimates(poses), folder / "guard-reliability.svg")


COLOURS = {"sample": "#1f77b4", "second": "#d95f02"}
_SIDE, _LEFT, _TOP = 300, 60, 20


def _roc(rows: list[Row], path: Path) -> None:
    """Of poses 2 to 3 mm off (found) against those up to 1 mm off (false alarms), by the residual motion."""
    parts = _frame("false alarms: up to 1 mm off", "found: 2 to 3 mm off", 1.0, 0.2)
    for n, base in enumerate(BASES):
        own = [r for r in rows if r["head"].startswith(base)]
        good, bad = _moved(own, 0, 1), _moved(own, 2, 3)
        if good.size and bad.size:
            limits = np.concatenate([[99.5], np.unique(np.concatenate([good, bad]))[::-1], [-1.0]])
            line = [((good > limit).mean(), (bad > limit).mean()) for limit in limits]
            at = " ".join(f"{_x(a, 1.0):.1f},{_y(b, 1.0):.1f}" for a, b in line)
            parts.append(f'<polyline points="{at}" fill="none" stroke="{COLOURS[base]}" stroke-width="2"/>')
            parts.append(_legend((80, _SIDE - 30 + 18 * n), base, f"{base}: area {area(good, bad):.3f}"))
    path.write_text(_whole(parts))


def _reliability(rows: list[Row], path: Path) -> None:
    """The true error against the expected one, and how far above it the bound lies."""
    most = 6.0
    parts = _frame("expected error (95 %), mm", "true error (95 %), mm", most, 1.0)
    parts.append(f'<line x1="{_x(0, most)}" y1="{_y(0, most)}" x2="{_x(most, most)}" y2="{_y(most, most)}" '
                 'stroke="#888"/>')  # fmt: skip
    for n, base in enumerate(BASES):
        own = [r for r in rows if r["head"].startswith(base) and r["true_mm"] <= most and r["p95_mm"] <= most]
        for r in own:
            held = r["p95_upper_mm"] >= r["true_mm"]
            fill = "none" if held else COLOURS[base]
            parts.append(f'<circle cx="{_x(r["p95_mm"], most):.1f}" cy="{_y(r["true_mm"], most):.1f}" r="2.5" '
                         f'fill="{fill}" stroke="{COLOURS[base]}"/>')  # fmt: skip
        parts.append(_legend((14, 18 + 18 * n), base, f"{base}: {len(own)} poses; filled: above the bound"))
    path.write_text(_whole(parts))


def _x(value: float, most: float) -> float:
    return _LEFT + _SIDE * value / most


def _y(value: float, most: float) -> float:
    return _TOP + _SIDE * (1 - value / most)


def _frame(across: str, up: str, most: float, step: float) -> list[str]:
    """Axes with their ticks and names."""
    parts = [f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="white" stroke="#444"/>']
    for value in np.arange(0.0, most + 1e-6, step):
        x, y = _x(value, most), _y(value, most)
        parts.append(f'<text x="{x:.1f}" y="{_TOP + _SIDE + 16}" text-anchor="middle">{value:g}</text>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        parts.append(f'<path d="M{x:.1f} {_TOP + _SIDE}v-4M{_LEFT} {y:.1f}h4" stroke="#444"/>')
    parts.append(f'<text x="{_LEFT + _SIDE / 2}" y="{_TOP + _SIDE + 36}" text-anchor="middle">{across}</text>')
    middle = _TOP + _SIDE / 2
    parts.append(f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">{up}</text>')
    return parts


def _legend(place: tuple[int, int], base: str, text: str) -> str:
    """A line of a legend, at so many pixels from the left and the top of the frame."""
    x, y = _LEFT + place[0], _TOP + place[1]
    return (f'<circle cx="{x}" cy="{y - 4}" r="4" fill="{COLOURS[base]}"/>'
            f'<text x="{x + 10}" y="{y}" font-size="11">{text}</text>')  # fmt: skip


def _whole(parts: Sequence[str]) -> str:
    wide, high = _LEFT + _SIDE + 20, _TOP + _SIDE + 46
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
            'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>')  # fmt: skip
    return "\n".join([head, *parts, "</svg>"]) + "\n"
