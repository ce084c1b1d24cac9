// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/watchpoints.hpp"

#include "base/code_words.hpp"

#include <algorithm>
#include <utility>

namespace flexv::platform {

std::string Watchpoints::value_of(const Point& point) {
    std::string value(point.bytes, '\0');
    value.resize(soc_.read(point.address, value.data(), point.bytes));
    return value;
}

/// False when some word lies in no memory.
bool Watchpoints::arm(const Point& point) {
    constexpr Address kWord = CodeWords::kBytes;
    const Address last = point.address + (point.bytes - 1);
    for (Address word = point.address & ~(kWord - 1); word <= last; word += kWord)
        if (!soc_.watch_word(word))
            return false;
    return true;
}

bool Watchpoints::insert(PointKind kind, Address address, unsigned bytes) {
    constexpr unsigned kMaxBytes = 4096;
    if (bytes == 0 || bytes > kMaxBytes || address + (bytes - 1) < address)
        return false;
    Point point{.kind = kind, .address = address, .bytes = bytes};
    point.is_told_by_memory = kind == PointKind::write && arm(point);
    if (point.is_told_by_memory)
        point.value = value_of(point);
    points_.push_back(std::move(point));
    return true;
}

bool Watchpoints::remove(PointKind kind, Address address, unsigned bytes) {
    const auto found = std::ranges::find_if(
        points_, [&](const Point& point) { return point.is(kind, address, bytes); });
    if (found == points_.end())
        return false;
    removed_.push_back(std::move(*found));
    points_.erase(found);
    return true;
}

void Watchpoints::clear() {
    points_.clear();
    removed_.clear();
    lifted_.clear();
}

bool Watchpoints::contains(const Point& point) const {
    return std::ranges::any_of(points_, [&point](const Point& other) {
        return other.is(point.kind, point.address, point.bytes);
    });
}

/// A debugger takes all points away at a stop, and puts them back unless it steps over one.
void Watchpoints::mark(bool keeps_removed) {
    lifted_ = std::exchange(removed_, {});
    std::erase_if(lifted_, [&](const Point& point) { return !keeps_removed || contains(point); });
}

std::vector<DebugPoint> Watchpoints::points() const {
    std::vector<DebugPoint> points;
    for (const Point& point : points_)
        points.push_back({.kind = point.kind, .address = point.address, .bytes = point.bytes});
    return points;
}

bool Watchpoints::need_every_access() const {
    return std::ranges::any_of(points_, [](const Point& p) { return !p.is_told_by_memory; });
}

std::optional<Watchpoints::Hit> Watchpoints::hit_by(const core::NextAccess& access,
                                                    bool with_lifted) const {
    for (const std::vector<Point>* const points : {&points_, &lifted_}) {
        if (points == &lifted_ && !with_lifted)
            break;
        const auto hit = std::ranges::find_if(
            *points, [&access](const Point& point) { return point.is_hit_by(access); });
        if (hit != points->end())
            return Hit{.kind = hit->kind, .address = hit->address};
    }
    return std::nullopt;
}

/// Each word is told of once, so the points that share it are armed again.
std::optional<Watchpoints::Hit> Watchpoints::changed(Address first, Address last) {
    constexpr Address kWordMask = CodeWords::kBytes - 1;
    std::optional<Hit> hit;
    for (std::vector<Point>* const points : {&points_, &lifted_})
        for (Point& point : *points) {
            if (!point.is_told_by_memory || !point.overlaps(first & ~kWordMask, last | kWordMask))
                continue;
            (void)arm(point);
            std::string now = value_of(point);
            if (now == point.value)
                continue;
            point.value = std::move(now);
            hit = Hit{.kind = point.kind, .address = point.address};
        }
    return hit;
}

void Watchpoints::refresh() {
    for (Point& point : points_)
        if (point.is_told_by_memory)
            point.value = value_of(point);
}

}  // namespace flexv::platform
