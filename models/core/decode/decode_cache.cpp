// SPDX-License-Identifier: Apache-2.0
#include "core/decode/decode_cache.hpp"

#include "base/code_words.hpp"
#include "base/error.hpp"
#include "base/state_archive.hpp"
#include "core/decode/hazards.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace flexv::core {

namespace {

constexpr std::array kModes = {isa::Mode::legacy, isa::Mode::status};

unsigned index_of_mode(isa::Mode mode) { return mode == isa::Mode::status ? 1 : 0; }

}  // namespace

DecodeCache::Page::Page(Address address) : base(address) {
    for (u32 index = 0; index < slots.size(); ++index) {
        slots[index].flags = kUndecoded;
        slots[index].pc = base + 2 * index;
    }
    for (unsigned sentinel = 0; sentinel < 2; ++sentinel)
        slots[kPageSlots + sentinel].flags = kPageEnd;
}

/// Forgets the slots from `first` to `last`, as far as they lie in this page, and the blocks that
/// reach them.
void DecodeCache::Page::forget(Address first, Address last) {
    const u32 begin = (std::max(first, base) - base) / 2;
    const u32 end = (std::min(last, base + (kPageBytes - 1)) - base) / 2 + 1;
    for (u32 index = begin; index < end; ++index)
        slots[index].flags = kUndecoded;
    forget_blocks(begin - std::min(begin, BasicBlock::kReach), end);
}

/// Those that begin in a slot from `begin` on, before `end`.
void DecodeCache::Page::forget_blocks(u32 begin, u32 end) {
    const auto from = blocks.lower_bound(begin);
    const auto to = blocks.lower_bound(end);
    for (auto block = from; block != to; ++block)
        slots[block->first].block = nullptr;
    blocks.erase(from, to);
}

DecodeCache::DecodeCache(const sc_core::sc_module_name& name, const isa::Decoder& decoder,
                         const Config& config)
    : Module(name), decoder_(decoder), config_(config), translator_(config.translation) {
    for (const isa::Instruction& row : isa::all_instructions())
        executes_.push_back(row.execute);
    code_out.register_invalidate_direct_mem_ptr(this, &DecodeCache::invalidate_range);
}

DecodeCache::~DecodeCache() = default;

void DecodeCache::reset() {
    loop_ends_.clear();
    invalidate(0, ~0U);
}

void DecodeCache::invalidate_range(sc_dt::uint64 start, sc_dt::uint64 end) {
    invalidate(Address(start), Address(end));
}

void DecodeCache::invalidate(Address start, Address end) {
    const Address first = start - std::min(start, Address{2});  // 32 bits may begin before it
    announce_blocks_go();
    for (CodeUser* const user : users_)
        user->code_changes(start, end);
    for (Pages& pages : pages_)
        for (auto& [base, page] : pages)
            if (base <= end && base + (kPageBytes - 1) >= first)
                page->forget(first, end);
}

void DecodeCache::announce_blocks_go() {
    for (CodeUser* const user : users_)
        user->blocks_go();
}

void DecodeCache::intercept(isa::Execute execute) {
    std::ranges::fill(executes_, execute);
    is_intercepted_ = true;
    invalidate(0, ~0U);
}

void DecodeCache::stop_at(Address pc, bool stops) {
    if (stops)
        stops_.insert(pc);
    else
        stops_.erase(pc);
    invalidate(pc, pc);
}

void DecodeCache::stop_everywhere(bool stops) {
    if (stops == stops_everywhere_)
        return;
    stops_everywhere_ = stops;
    invalidate(0, ~0U);
}

u8 DecodeCache::stop_flag(Address pc) const {
    return stops_everywhere_ || stops_.contains(pc) ? u8{kStop} : u8{0};
}

DecodeCache::Page& DecodeCache::page_of(Address pc, isa::Mode mode) {
    const Address base = pc & ~(kPageBytes - 1);
    const unsigned which = index_of_mode(mode);
    QuickEntry& quick = quick_[which][(base / kPageBytes) % kQuick];
    if (quick.base != base) {
        std::unique_ptr<Page>& page = pages_[which][base];
        if (!page)
            page = std::make_unique<Page>(base);
        quick = {.base = base, .page = page.get()};
    }
    return *quick.page;
}

DecodeCache::Page* DecodeCache::find_page(Address pc, isa::Mode mode) const {
    const Pages& pages = pages_[index_of_mode(mode)];
    const auto page = pages.find(pc & ~(kPageBytes - 1));
    return page == pages.end() ? nullptr : page->second.get();
}

Slot* DecodeCache::slot(Address pc, isa::Mode mode) {
    Page& page = page_of(pc, mode);
    return &page.slots[(pc % kPageBytes) / 2];
}

/// One that was open is made again when its end has been decoded.
BasicBlock* DecodeCache::find_block(Slot& first, isa::Mode mode) {
    Page& page = page_of(first.pc, mode);
    const u32 index = (first.pc % kPageBytes) / 2;
    if (&first != &page.slots[index])
        return nullptr;  // a copy of what has been written since
    std::unique_ptr<BasicBlock>& block = page.blocks[index];
    if (block && block->may_grow()) {
        announce_blocks_go();
        block.reset();
    }
    if (!block)
        block = std::make_unique<BasicBlock>(first, BasicBlock::kMaxLength, unsigned(users_.size()),
                                             &translator_);
    if (!block->is_open())
        first.block = block.get();
    return block.get();
}

std::optional<u32> DecodeCache::peek(Address address) {
    u32 word = 0;
    tlm::tlm_generic_payload trans;
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(address);
    trans.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    for (unsigned length : {4U, 2U}) {  // the last halfword of a memory has no word
        trans.set_data_length(length);
        trans.set_streaming_width(length);
        if (code_out->transport_dbg(trans) == length)
            return word;
    }
    return std::nullopt;
}

/// Holds read access to the word, so that the memory tells when it is written.
void DecodeCache::hold_access(Address pc) {
    tlm::tlm_generic_payload trans;
    tlm::tlm_dmi dmi;
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(pc);
    code_out->get_direct_mem_ptr(trans, dmi);
}

bool DecodeCache::decode(Slot& slot, Address pc, isa::Mode mode) {
    const std::optional<u32> fetched = peek(pc);
    if (!fetched)
        return false;
    hold_access(pc);
    if (!isa::is_compressed(*fetched) && pc % CodeWords::kBytes != 0)
        hold_access(pc + 2);  // in the next word, perhaps of another memory
    decode_word(slot, pc, mode, *fetched);
    return true;
}

void DecodeCache::decode_word(Slot& slot, Address pc, isa::Mode mode, u32 word) const {
    if (isa::is_compressed(word))
        word &= 0xffff;
    const isa::Instruction* const row = decoder_.find(word, mode);
    if (row == nullptr)
        fill_illegal(slot, word, pc);
    else
        fill(slot, *row, word, pc);
}

void DecodeCache::fill_illegal(Slot& slot, u32 word, Address pc) const {
    slot = Slot{};
    slot.op.word = word;
    slot.op.size = isa::is_compressed(word) ? 2 : 4;
    slot.flags = kIllegal | stop_flag(pc);
    slot.pc = pc;
}

void DecodeCache::fill(Slot& slot, const isa::Instruction& row, u32 word, Address pc) const {
    slot.chain = is_intercepted_ ? nullptr : row.chain;
    slot.op = isa::operands_of(row, word);
    slot.uses = hazards::uses(row, slot.op);
    slot.late = hazards::late(row, slot.op);
    slot.writes = isa::registers_written(row, slot.op);
    slot.row = u16(isa::index_of(row));
    slot.step = u8(slot.op.size / 2);
    slot.block = nullptr;
    slot.pc = pc;
    slot.timing = row.timing;
    slot.access = hazards::accesses_memory(row, slot.op) ? row.access : isa::Access{};
    slot.flags = flags_of(slot, pc);
    if (is_region_mark(slot.op.word))
        slot.flags |= kStop;
}

u8 DecodeCache::flags_of(const Slot& slot, Address pc) const {
    u8 flags = stop_flag(pc);
    const bool computes = slot.chain != nullptr && slot.access.mode == isa::AddressMode::none;
    if (slot.timing == isa::Timing::branch)
        flags |= kBranch;
    else if (!computes)
        flags |= kSpecial;
    if (is_intercepted_)
        flags |= kSpecial;
    if (loop_ends_.contains(pc))
        flags |= kLoopEnd;
    const Address offset = pc % config_.line_bytes;
    if (config_.mark_lines && (offset == 0 || offset + slot.op.size > config_.line_bytes))
        flags |= kLineStart;
    return flags;
}

void DecodeCache::mark_loop_end(Address pc) {
    if (!loop_ends_.insert(pc).second)
        return;
    for (const isa::Mode mode : kModes) {
        Page* const page = find_page(pc, mode);
        if (page == nullptr)
            continue;
        Slot& marked = page->slots[(pc % kPageBytes) / 2];
        if ((marked.flags & kUndecoded) != 0)
            continue;  // flags_of() knows
        marked.flags |= kLoopEnd;
        announce_blocks_go();
        page->forget_blocks(0, kPageSlots);
    }
}

DecodeCache::Decoded DecodeCache::decoded(const Page& page) {
    Decoded result;
    for (u32 index = 0; index < kPageSlots; ++index) {
        const Slot& slot = page.slots[index];
        if ((slot.flags & kUndecoded) != 0)
            continue;
        result.slots[index / 64] |= u64{1} << index % 64;
        if (!peek(slot.pc))
            result.elsewhere[index] = slot.op.word;
    }
    return result;
}

void DecodeCache::decode_again(Page& page, isa::Mode mode, const Decoded& decoded) {
    for (u32 index = 0; index < kPageSlots; ++index) {
        if ((decoded.slots[index / 64] >> index % 64 & 1) == 0)
            continue;
        Slot& slot = page.slots[index];
        if (const auto word = decoded.elsewhere.find(index); word != decoded.elsewhere.end())
            decode_word(slot, slot.pc, mode, word->second);
        else
            static_cast<void>(decode(slot, slot.pc, mode));
    }
}

void DecodeCache::serialize(StateArchive& archive) {
    std::set<Address> loop_ends(loop_ends_.begin(), loop_ends_.end());
    archive(loop_ends);
    if (archive.is_loading()) {
        reset();
        loop_ends_.insert(loop_ends.begin(), loop_ends.end());
    }
    for (const isa::Mode mode : kModes) {
        std::map<Address, Decoded> pages;
        if (!archive.is_loading())
            for (const auto& [base, page] : pages_[index_of_mode(mode)])
                pages[base] = decoded(*page);
        archive(pages);
        if (archive.is_loading())
            for (const auto& [base, decoded] : pages)
                decode_again(page_of(base, mode), mode, decoded);
    }
}

std::optional<DecodeCache::Place> DecodeCache::place_of(const Slot* slot) const {
    const std::less<> before;
    for (const isa::Mode mode : kModes)
        for (const auto& [base, page] : pages_[index_of_mode(mode)]) {
            const Slot* const first = page->slots.data();
            if (!before(slot, first) && before(slot, first + page->slots.size()))
                return Place{.mode = mode, .page = base, .index = u32(slot - first)};
        }
    return std::nullopt;
}

Slot* DecodeCache::slot_at(const Place& place) {
    Page& page = page_of(place.page, place.mode);
    return &page.slots.at(place.index);
}

void DecodeCache::serialize_copy(StateArchive& archive, Slot& copy) const {
    u8 kind = copy.flags & (kPageEnd | kIllegal);
    archive(kind, copy.row, copy.op.word, copy.pc);
    if (!archive.is_loading())
        return;
    const u32 word = copy.op.word;
    const Address pc = copy.pc;
    if (kind == kPageEnd) {
        copy = Slot{};
        copy.flags = kPageEnd;
        copy.pc = pc;
    } else if (kind == kIllegal) {
        fill_illegal(copy, word, pc);
    } else {
        FLEXV_ASSERT(copy.row < isa::all_instructions().size(), "there is such a row");
        fill(copy, isa::all_instructions()[copy.row], word, pc);
    }
}

}  // namespace flexv::core
