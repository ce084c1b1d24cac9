# SPDX-License-Identifier: Apache-2.0
"""Which weights come from external memory into L2 while which tile is computed, and where they lie there.

A tile whose work takes longer than its transfers leaves the DMA idle; in that time a piece of weights is read, in the order in
which weights are used and never more than the idle time allows, so that nothing waits for it. What has not come when it
is needed is read from where it lies, during the tile before; where that tile is long enough to hide all or a part of it, so
much is left to it from the beginning (`reliance`), and L2 and the tiles before have to do with the rest only. Some weights stay
in L2 for ever: those of the first layers, which nothing could bring in time, and as many of the last ones as `keep` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from flexv_tools.deploy import cost
from flexv_tools.deploy.graph import Dense
from flexv_tools.deploy.tiler import Tiling, class_of_tiling, is_channelwise, parts_of, weight_bytes, weight_pitch, weight_row_bytes, weights_at

ALIGNMENT = 16
LEAST_PIECE_BYTES = 256
LOOK_AHEAD = 12  # blocks that may find a place when the first one does not
CERTAIN = (0.97, 500)  # share of the predicted work of a tile that is sure, cycles: predictions are off by some percent
WHOLE = (1.0, 2300)  # where weights are waited for in any case, all of a tile's time is used
SCALE_BYTES = 8  # a bias and a multiplier

# What is left to the tile before the one that needs it: nothing, blocks that it hides, or as much of every block as it hides.
Reliance = Literal["none", "whole", "part"]


@dataclass(eq=False)
class Block:
    """What is read at once: weights of a channel tile (and of a part of the input channels), or all scales of a layer."""

    layer: int
    number: int  # channel tile * parts + part; -1: scales
    source: int  # in the image of all weights
    size: int
    row: int  # it may be divided between rows only
    read: int  # during this tile it goes to L1
    is_between: bool  # or behind that tile, while nothing is computed
    last: int  # the last tile during which it is read
    goal: int = -1  # bytes that shall lie in L2 when it is needed; the others are read from where they lie
    place: int | None = None  # in L2
    come: int = 0  # bytes that have been asked for
    is_kept: bool = False

    def __post_init__(self) -> None:
        if self.goal < 0:
            self.goal = self.size

    @property
    def deadline(self) -> int:
        """The last tile during which a piece of it may be read."""
        return self.read - 1 if self.is_between else self.read - 2

    @property
    def staged(self) -> int:
        """Bytes that lie in L2 when they are needed."""
        if self.number < 0 and self.come < self.size:
            return 0
        return self.come // self.row * self.row


@dataclass(frozen=True)
class Piece:
    tile: int
    source: int
    via: int  # place in L1
    place: int
    bytes: int


@dataclass(frozen=True)
class Taken:
    """Bytes begin .. end - 1 of L2 during tiles first .. last."""

    begin: int
    end: int
    first: int
    last: int


@dataclass
class Schedule:
    pieces: list[Piece] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)  # of each layer, predicted cycles
    end: int = 0  # of what is used of L2
    full_until: int = -1  # the last layer in which L2 had no place for what is needed first

    @property
    def kept_bytes(self) -> int:
        return sum(block.come for block in self.blocks if block.is_kept)

    @property
    def streamed_bytes(self) -> int:
        return sum(piece.bytes for piece in self.pieces)

    @property
    def direct_bytes(self) -> int:
        return sum(block.size - block.staged for block in self.blocks)

    def of_layer(self, number: int) -> list[Block]:
        """Weights of a layer, in the order of their numbers."""
        return [block for block in self.blocks if block.layer == number and block.number >= 0]

    def scales_of(self, number: int) -> Block | None:
        return next((block for block in self.blocks if block.layer == number and block.number < 0), None)


def first_tiles(tilings: list[Tiling]) -> list[int]:
    """Number of the first tile of each layer, and of the one behind the last."""
    begins = [0]
    for tiling in tilings:
        begins.append(begins[-1] + tiling.count)
    return begins


def blocks_of(tilings: list[Tiling]) -> list[Block]:
    """In the order of their use."""
    begins, found, source = first_tiles(tilings), [], 0
    for layer, tiling in enumerate(tilings):
        if isinstance(tiling.layer, Dense):
            found += list(layer_blocks(layer, tiling, begins[layer], source))
            source += weight_bytes(tiling)
    return sorted(found, key=lambda block: (block.read, block.is_between, block.number))


def layer_blocks(layer: int, tiling: Tiling, begin: int, source: int) -> Iterator[Block]:
    dense = tiling.layer
    assert isinstance(dense, Dense)
    is_between = not tiling.links.is_prefetched
    parts = parts_of(tiling)
    rows = [weight_row_bytes(dense, inputs) for inputs in parts]
    out = dense.weights.shape[0]
    count = tiling.row_tiles * len(parts)
    weights = source + weights_at(tiling)
    yield Block(layer, -1, source, SCALE_BYTES * out, SCALE_BYTES, begin - 1, is_between, begin + tiling.count - 1)
    for number, channels in enumerate(tiling.channel_spans):
        for part, row in enumerate(rows):
            tile = begin + number * count + part
            before = sum(out * other for other in rows[:part])
            last = tile - 1 if len(parts) == 1 else tile + count - len(parts) - 1
            is_first = number == 0 and part == 0
            yield Block(layer, number * len(parts) + part, weights + before + channels.begin * row, channels.count * row, row,
                        tile - 1, is_first and is_between, max(last, tile - 1))  # fmt: skip


class Room:
    """Who lies where in L2, and when."""

    def __init__(self, size: int, taken: list[Taken], tiles: int) -> None:
        self.size, self.taken, self.tiles = size, list(taken), tiles

    def take(self, count: int, first: int, last: int, from_above: bool = False) -> int | None:
        """A place that is free during these tiles; None: there is none."""
        others = sorted((t.begin, t.end) for t in self.taken if t.first <= last and first <= t.last)
        gaps, place = [], 0
        for begin, end in [*others, (self.size, self.size)]:
            if begin - place >= count:
                gaps.append((place, begin))
            place = max(place, -(-end // ALIGNMENT) * ALIGNMENT)
        if not gaps:
            return None
        found = (gaps[-1][1] - count) // ALIGNMENT * ALIGNMENT if from_above else gaps[0][0]
        if found < gaps[-1][0] and from_above:
            return None
        self.taken.append(Taken(found, found + count, first, last))
        return found

    def take_at(self, place: int, count: int, first: int, last: int) -> bool:
        """Whether exactly that place is free, then it is taken."""
        if place + count > self.size or any(
            t.begin < place + count and place < t.end and t.first <= last and first <= t.last for t in self.taken
        ):
            return False
        self.taken.append(Taken(place, place + count, first, last))
        return True

    def keep(self, block: Block) -> bool:
        place = self.take(block.goal, -1, self.tiles, from_above=True)
        if place is not None:
            block.place, block.come, block.is_kept = place, block.goal, True
        return place is not None

    def free_for_ever(self) -> int:
        """The largest place that nobody has at any time."""
        place, most = 0, 0
        for begin, end in [*sorted((taken.begin, taken.end) for taken in self.taken), (self.size, self.size)]:
            most, place = max(most, begin - place), max(place, end)
        return most


Extent = tuple[int, int]


def idle_weights(tiling: Tiling, index: int) -> Extent | None:
    """The half of the weights' buffer that is not used while a tile and the one behind it are computed: that of the next channel
    tile, until its weights come with the last row tile of this one."""
    layer, rows = tiling.layer, tiling.row_tiles
    if not isinstance(layer, Dense) or tiling.input_parts > 1 or tiling.channel_tiles < 2:
        return None
    part, row = divmod(index, rows)
    if row + 2 > rows - 1:
        return None
    begin = tiling.places.weights[(part + 1) & 1]
    begin = -(-begin // ALIGNMENT) * ALIGNMENT
    return begin, begin + (tiling.channels * weight_pitch(layer, tiling.inputs)) // ALIGNMENT * ALIGNMENT


class Stage:
    """Places of pieces in L1: behind what the layers use there, or in an idle half of the weights' buffer. A piece is there for
    two tiles, and the one before must not lie on it; operands of the next layer may come a tile earlier than that begins, and the last
    result of a layer may go out a tile later."""

    def __init__(self, tilings: list[Tiling], l1_bytes: int) -> None:
        self.end = l1_bytes // ALIGNMENT * ALIGNMENT
        used = [tiling.places.end for tiling in tilings for _ in range(tiling.count)]
        used += [used[-1], used[-1]] if used else []
        self.begins = [-(-max(used[max(0, tile - 1) : tile + 3]) // ALIGNMENT) * ALIGNMENT for tile in range(len(used) - 2)]
        self.idle = [idle_weights(tiling, index) for tiling in tilings for index in range(tiling.count)]
        self.before = (0, 0)
        self.before_tile = -2

    def room(self, tile: int) -> Extent:
        """Where a piece may lie: begin, bytes. Half of what there is, where the next piece may need the other one."""
        found = (0, 0)
        for extent in ((self.begins[tile], self.end), self.idle[tile]):
            if extent is None or extent[0] >= extent[1]:
                continue
            has_next = tile + 1 < len(self.idle) and (extent[1] == self.end or self.idle[tile + 1] == extent)
            each = self.part_of(extent, tile, has_next)
            found = max(found, each, key=lambda place: place[1])
        return found

    def part_of(self, extent: Extent, tile: int, has_next: bool) -> Extent:
        begin, end = extent
        half = (end - begin) // 2 // ALIGNMENT * ALIGNMENT
        most = half if has_next else end - begin
        if self.before_tile < tile - 1 or self.before[1] <= begin or end <= self.before[0]:
            return end - most, most
        low, high = self.before[0] - begin, end - self.before[1]
        low, high = low // ALIGNMENT * ALIGNMENT, high // ALIGNMENT * ALIGNMENT
        return (begin, min(most, low)) if low >= high else (end - min(most, high), min(most, high))

    def take(self, tile: int, begin: int, count: int) -> None:
        self.before, self.before_tile = (begin, begin + count), tile


def schedule(
    tilings: list[Tiling], room: Room, stage: Stage, external: cost.External, keep: float, sure: tuple[float, float] = CERTAIN,
    reliance: Reliance = "none",
) -> Schedule:  # fmt: skip
    """Piece by piece, tile by tile. `sure`: how much of a tile's time pieces may take."""
    blocks = blocks_of(tilings)
    leave_to_tiles(blocks, tilings, external, reliance)
    keep_some(blocks, room, keep)
    done = Schedule(blocks=blocks, stalls=[0.0] * len(tilings))
    waiting = [block for block in blocks if not block.is_kept]
    reads: dict[int, list[Block]] = {}
    for block in blocks:
        reads.setdefault(block.read, []).append(block)
    begins = first_tiles(tilings)
    done.stalls[0] += sum(rest_cycles(block, external, tilings) for block in reads.get(-1, []))
    tile = 0
    for layer, tiling in enumerate(tilings):
        for time in tiling.predicted.tiles:
            own = reads.get(tile, [])
            direct = sum(rest_cycles(block, external, tilings) for block in own if not block.is_between)
            free = max(0.0, time.compute + cost.prices()[class_of_tiling(tiling)]["tile"] - time.dma)
            between = sum(rest_cycles(block, external, tilings) for block in own if block.is_between)
            if between:
                done.stalls[min(layer + (tile + 1 == begins[layer + 1]), len(tilings) - 1)] += between
            waiting = [block for block in waiting if block.deadline >= tile and block.come < block.goal]
            idle = time.compute * sure[0] + sure[1] - time.dma - direct
            via, most = stage.room(tile)
            piece = next_piece(waiting, room, tile, via, min(most, bytes_in(idle, external)))
            if waiting and waiting[0].place is None:
                done.full_until = layer
            if piece is not None:
                done.pieces.append(piece)
                stage.take(tile, piece.via, piece.bytes)
            done.stalls[layer] += max(0.0, direct + (external.cycles(piece.bytes) if piece else 0.0) - free)
            tile += 1
    done.end = max((taken.end for taken in room.taken), default=0)
    return done


def capacity(tiling: Tiling, l1_bytes: int, external: cost.External) -> int:
    """Bytes that can pass while a layer is computed."""
    half = max(0, l1_bytes - tiling.places.end) // 2
    share, cycles = CERTAIN
    passed = 0
    for index, time in enumerate(tiling.predicted.tiles):
        idle = idle_weights(tiling, index)
        most = max(half, (idle[1] - idle[0]) // 2 if idle else 0)
        passed += min(most, bytes_in(time.compute * share + cycles - time.dma, external))
    return passed


def leave_to_tiles(blocks: list[Block], tilings: list[Tiling], external: cost.External, reliance: Reliance) -> None:
    """What of each block need not lie in L2, because the tile before hides that it is read from outside."""
    if reliance == "none":
        return
    share, cycles = CERTAIN
    idle = [time.compute * share + cycles - time.dma for tiling in tilings for time in tiling.predicted.tiles]
    for block in blocks:
        if block.is_between or block.read < 0 or block.number < 0 or times_read(block, tilings) > 1:
            continue
        hidden = bytes_in(idle[block.read], external) // block.row * block.row
        if hidden >= block.size or reliance == "part":
            block.goal = max(0, block.size - hidden)
            idle[block.read] -= external.cycles(block.size - block.goal)


def keep_some(blocks: list[Block], room: Room, keep: float) -> None:
    """Weights that cannot come in time, then the last ones."""
    for block in blocks:
        if block.deadline < 0 and block.goal:
            room.keep(block)
    left = int(room.free_for_ever() * keep)
    for block in reversed(blocks):
        if not block.is_kept and 0 < block.goal <= left and room.keep(block):
            left -= block.goal


def rest_cycles(block: Block, external: cost.External, tilings: list[Tiling]) -> float:
    """Of what is read from where it lies; blocks of parts of the input channels as often as they are needed."""
    rest = block.size - block.staged
    return times_read(block, tilings) * external.cycles(rest) if rest else 0.0


def times_read(block: Block, tilings: list[Tiling]) -> int:
    tiling = tilings[block.layer]
    return tiling.row_tiles if tiling.input_parts > 1 and not is_channelwise(tiling.layer) and block.number >= 0 else 1


def bytes_in(cycles: float, external: cost.External) -> int:
    """That pass in a number of cycles."""
    each = 1 / external.bytes_per_cycle + external.latency_cycles / external.burst_bytes
    return max(0, int((cycles - external.latency_cycles) / each)) // ALIGNMENT * ALIGNMENT


def next_piece(waiting: list[Block], room: Room, tile: int, via: int, most: int) -> Piece | None:
    """Of the block that is needed first and has or finds a place, and of those behind it that follow it in both memories."""
    for number, block in enumerate(waiting[:LOOK_AHEAD]):
        if block.place is None:
            block.place = room.take(block.goal, tile + 1, block.last)
            if block.place is None:
                continue
        count = min(most, block.goal - block.come)
        if count < min(LEAST_PIECE_BYTES, block.goal - block.come):
            return None
        source, place = block.source + block.come, block.place + block.come
        block.come += count
        count += more_of(waiting[number:], room, tile, most - count)
        return Piece(tile, source, via, place, count)
    return None


def more_of(blocks: list[Block], room: Room, tile: int, most: int) -> int:
    """Bytes of the blocks behind the first one that the same piece brings."""
    count = 0
    for block, following in zip(blocks, blocks[1:]):
        gap = following.source - block.source - block.size
        is_next = block.come == block.size and 0 <= gap < ALIGNMENT and following.goal and not following.come
        if not is_next or count + gap >= most:
            break
        assert block.place is not None
        place = block.place + block.size + gap
        if following.place is None and room.take_at(place, following.goal, tile + 1, following.last):
            following.place = place
        if following.place != place:
            break
        following.come = min(following.goal, most - count - gap)
        count += gap + following.come
    return count


def with_stalls(tilings: list[Tiling], done: Schedule) -> list[Tiling]:
    """Tilings whose prediction has what they wait for external memory."""
    return [
        replace(tiling, predicted=replace(tiling.predicted, cycles=tiling.predicted.cycles + stall))
        for tiling, stall in zip(tilings, done.stalls)
    ]
