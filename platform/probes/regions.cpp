// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/regions.hpp"

#include "base/error.hpp"
#include "platform/files/printable.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr std::size_t kWord = 4;

u32 word_at(std::span<const std::byte> bytes, std::size_t offset) {
    u32 word = 0;
    for (std::size_t i = 0; i < kWord; ++i)
        word |= std::to_integer<u32>(bytes[offset + i]) << (8 * i);
    return word;
}

}  // namespace

RegionNames parse_region_names(std::span<const std::byte> section) {
    RegionNames names;
    std::size_t offset = 0;
    while (offset + kWord <= section.size()) {
        const std::size_t entry = offset;
        const u32 id = word_at(section, offset);
        offset += kWord;
        if (id == 0)
            continue;
        const auto text = section.subspan(offset);
        const auto end = std::ranges::find(text, std::byte{0});
        if (end == text.end())
            throw UserError(
                "section .flexv.regions, offset {:#x}: the name of region {} has no "
                "end; entries are a 32-bit id and a NUL-terminated name",
                entry, id);
        const auto length = std::size_t(end - text.begin());
        std::string name(length, ' ');
        std::ranges::transform(text.first(length), name.begin(),
                               [](std::byte byte) { return std::to_integer<char>(byte); });
        names.emplace(id, printable(name));  // the first name stays
        offset += (length + kWord) / kWord * kWord;
    }
    return names;
}

void RegionTracker::begin(unsigned hart, u32 id, Cycles cycle) {
    Visit& current = visit(id);
    if (!current.inside.insert(hart).second)
        return complain(hart, id, "is begun again by a hart that is inside");
    if (current.inside.size() == 1)
        open(current, cycle);
    else
        current.from = std::min(current.from, cycle);
}

void RegionTracker::end(unsigned hart, u32 id, Cycles cycle) {
    const auto found = visits_.find(id);
    if (found == visits_.end() || found->second.inside.erase(hart) == 0)
        return complain(hart, id, "is ended without a begin");
    Visit& current = found->second;
    current.to = std::max(current.to, cycle);
    if (current.inside.empty())
        close(current);
}

void RegionTracker::finish(Cycles cycle) {
    for (auto& [id, current] : visits_) {
        if (current.inside.empty())
            continue;
        for (const unsigned hart : current.inside)
            complain(hart, id, "is still open at the end of the run");
        current.inside.clear();
        current.to = std::max(current.to, cycle);
        close(current);
    }
}

void RegionTracker::open(Visit& current, Cycles cycle) {
    Region& region = current.region;
    energy::Counts now = read_();
    hand_over(now, cycle);
    open_.push_back(region.id);
    if (region.visits > 0 && cycle < current.to) {
        // The hart that closed the last visit had run ahead: this begin lies within it.
        region.cycles -= current.to - current.from;
        energy::take_back(region.elapsed, between(current.from, current.to));
        current.from = std::min(current.from, cycle);
        current.at_start = current.at_end;
        return;
    }
    ++region.visits;
    current.from = cycle;
    current.to = cycle;
    current.at_start = std::move(now);
}

void RegionTracker::close(Visit& current) {
    current.at_end = read_();
    hand_over(current.at_end, current.to);
    std::erase(open_, current.region.id);
    energy::accumulate(current.region.counts, current.at_end, current.at_start);
    current.region.cycles += current.to - current.from;
    energy::accumulate(current.region.elapsed, between(current.from, current.to));
}

/// Gives what was counted since the last change of the innermost region to that region. Harts run
/// ahead of each other, so a mark may lie before the last one; no cycle is given twice.
void RegionTracker::hand_over(const energy::Counts& now, Cycles cycle) {
    const Cycles until = std::max(cycle, handed_over_at_);
    if (!open_.empty()) {
        Region& owner = visits_.at(open_.back()).region;
        energy::accumulate(owner.own_counts, now, handed_over_);
        owner.own_cycles += until - handed_over_at_;
        energy::accumulate(owner.own_elapsed, between(handed_over_at_, until));
    }
    handed_over_ = now;
    handed_over_at_ = until;
}

std::string RegionTracker::name_of(u32 id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? fmt::format("region {}", id) : found->second;
}

RegionTracker::Visit& RegionTracker::visit(u32 id) {
    const auto [entry, is_new] = visits_.try_emplace(id);
    if (is_new) {
        entry->second.region.id = id;
        entry->second.region.name = name_of(id);
    }
    return entry->second;
}

void RegionTracker::complain(unsigned hart, u32 id, std::string_view what) {
    ++mistakes_[fmt::format("region {} \"{}\" {}: hart {:#x}", id, name_of(id), what, hart)];
}

void RegionTracker::Visit::serialize(StateArchive& archive) {
    archive(region.id, region.name, region.visits, region.cycles, region.own_cycles, inside, from,
            to);
    const auto lists = [&archive](auto&... each) { (archive.list(each), ...); };
    lists(region.counts, region.own_counts, region.elapsed, region.own_elapsed, at_start, at_end);
}

void RegionTracker::serialize(StateArchive& archive) {
    archive(visits_, handed_over_at_, mistakes_);
    archive.list(open_);
    archive.list(handed_over_);
}

std::vector<Region> RegionTracker::regions() const {
    std::vector<Region> all;
    for (const auto& [id, current] : visits_)
        all.push_back(current.region);
    return all;
}

std::vector<std::string> RegionTracker::warnings() const {
    std::vector<std::string> lines;
    for (const auto& [text, count] : mistakes_)
        lines.push_back(count == 1 ? text : fmt::format("{}, {} times", text, count));
    return lines;
}

}  // namespace flexv::platform
