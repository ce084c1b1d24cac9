// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/watchpoints.hpp"

#include "base/code_words.hpp"

#include <algorithm>

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
    points_.erase(found);
    return true;
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

std::optional<Watchpoints::Hit> Watchpoints::hit_by(const core::NextAccess& access) const {
    for (const Point& point : points_) {
        const bool is_of_interest =
            point.kind == PointKind::access || (point.kind == PointKind::write) == access.is_write;
        if (!point.is_told_by_memory && is_of_interest &&
            point.overlaps(access.address, access.address + (access.bytes - 1U)))
            return Hit{.kind = point.kind, .address = point.address};
    }
    return std::nullopt;
}

/// Each word is told of once, so the points that share it are armed again.
std::optional<Watchpoints::Hit> Watchpoints::changed(Address first, Address last) {
    constexpr Address kWordMask = CodeWords::kBytes - 1;
    std::optional<Hit> hit;
    for (Point& point : points_) {
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
