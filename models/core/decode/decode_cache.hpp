// SPDX-License-Identifier: Apache-2.0
// Decoded instructions by address, shared by the cores of a cluster. Decode happens once; a write
// makes the cache forget the instructions of the words that were written. Holds no timing: what a
// fetch costs is the instruction cache's.
#pragma once

#include "base/fetch_port.hpp"
#include "base/module.hpp"
#include "base/state_archive.hpp"
#include "core/decode/basic_block.hpp"
#include "isa/decoder.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace flexv::core {

/// The word is a region mark: slti or sltiu x0, x0, N with N > 0.
constexpr bool is_region_mark(u32 word) {
    constexpr u32 kAllButSignedness = 0x000f'efff;  // opcode, rd, funct3, rs1
    return (word & kAllButSignedness) == 0x0000'2013 && i32(word) > 0 && word >> 20 != 0;
}

/// Who may be in the middle of an instruction when its code changes.
class CodeUser {
public:
    /// The slots of what lies in [first, last] are about to be forgotten, and then used again.
    virtual void code_changes(Address first, Address last) = 0;
    /// So are blocks, and how often they were executed.
    virtual void blocks_go() = 0;

protected:
    ~CodeUser() = default;
};

class DecodeCache final : public Module {
public:
    struct Config {
        bool mark_lines = false;  ///< flag line starts, for cores with an instruction cache model
        u32 line_bytes = 16;
        translation::Settings translation{};
    };

    /// Code is read here with transport_dbg; read-only DMI is held for words that were decoded, so
    /// that the memory tells when they change.
    tlm_utils::simple_initiator_socket<DecodeCache> code_out{"code_out"};

    DecodeCache(const sc_core::sc_module_name& name, const isa::Decoder& decoder,
                const Config& config);
    ~DecodeCache() override;
    void reset() override;
    /// Which instructions are decoded; what they are lies in the memories, which are loaded before.
    /// A core looks at its neighbours only once they are decoded, so this belongs to the state.
    void serialize(StateArchive& archive) override;
    /// Before time starts; `user` outlives the cache's use.
    /// \returns its index in BasicBlock::runs()
    unsigned add(CodeUser& user) {
        users_.push_back(&user);
        return unsigned(users_.size()) - 1;
    }

    /// Where a slot lies, sentinels included.
    struct Place {
        isa::Mode mode = isa::Mode::legacy;
        Address page = 0;
        u32 index = 0;

        void serialize(StateArchive& archive) { archive(mode, page, index); }
    };
    /// Nothing for a copy.
    [[nodiscard]] std::optional<Place> place_of(const Slot* slot) const;
    [[nodiscard]] Slot* slot_at(const Place& place);
    /// A copy of a slot, or of a sentinel.
    void serialize_copy(StateArchive& archive, Slot& copy) const;

    /// The slot of `pc`; it may be undecoded. Stays valid as long as the cache.
    [[nodiscard]] Slot* slot(Address pc, isa::Mode mode);
    /// The block that begins at `first`, a plain slot of this mode. Noted there, unless it is open.
    [[nodiscard]] BasicBlock* find_block(Slot& first, isa::Mode mode);
    /// Fills the slot of `pc`. False when no memory answers there.
    bool decode(Slot& slot, Address pc, isa::Mode mode);
    /// Fills the slot of `pc` with `word`, whatever lies there.
    void decode_word(Slot& slot, Address pc, isa::Mode mode, u32 word) const;
    /// A hardware loop has its last instruction at `pc`.
    void mark_loop_end(Address pc);
    /// The word at `address`, two bytes at least; nullopt when no memory answers.
    [[nodiscard]] std::optional<u32> peek(Address address);
    /// Forgets the instructions that have a byte in [start, end].
    void invalidate(Address start, Address end);
    /// Every instruction executes through `execute` instead of its row, and none in the tight loop.
    void intercept(isa::Execute execute);
    /// A core that has a debugger asks it in front of `pc`, or no longer.
    void stop_at(Address pc, bool stops);
    /// The same for every instruction.
    void stop_everywhere(bool stops);
    /// [row]: what executes it, the row itself or the interceptor. Stays where it is.
    [[nodiscard]] const isa::Execute* executes() const { return executes_.data(); }

    static constexpr u32 kPageBytes = 4096;
    static constexpr u32 kPageSlots = kPageBytes / 2;

private:
    static constexpr unsigned kQuick = 64;

    struct Page {
        const Address base;
        std::array<Slot, kPageSlots + 2>
            slots;  // two sentinels: a 32-bit instruction may jump over one
        std::map<u32, std::unique_ptr<BasicBlock>> blocks;  // [index of the first slot]
        explicit Page(Address address);
        void forget(Address first, Address last);
        void forget_blocks(u32 begin, u32 end);
    };
    /// What is decoded of a page.
    struct Decoded {
        std::array<u64, kPageSlots / 64> slots{};  // one bit for each
        std::map<u32, u32> elsewhere{};            // [index]: the word, where there is no memory

        void serialize(StateArchive& archive) { archive(slots, elsewhere); }
    };
    struct QuickEntry {
        Address base = ~0U;
        Page* page = nullptr;
    };
    using Pages = std::unordered_map<Address, std::unique_ptr<Page>>;

    Page& page_of(Address pc, isa::Mode mode);
    void announce_blocks_go();
    void fill(Slot& slot, const isa::Instruction& row, u32 word, Address pc) const;
    [[nodiscard]] u8 flags_of(const Slot& slot, Address pc) const;
    [[nodiscard]] u8 stop_flag(Address pc) const;
    [[nodiscard]] Page* find_page(Address pc, isa::Mode mode) const;
    void hold_access(Address pc);
    void fill_illegal(Slot& slot, u32 word, Address pc) const;
    [[nodiscard]] Decoded decoded(const Page& page);
    void decode_again(Page& page, isa::Mode mode, const Decoded& decoded);
    void invalidate_range(sc_dt::uint64 start, sc_dt::uint64 end);

    const isa::Decoder& decoder_;
    const Config config_;
    translation::Translator translator_;  // before the blocks, which have code of it
    std::array<Pages, 2> pages_;          // [legacy, status]
    std::array<std::array<QuickEntry, kQuick>, 2> quick_;  // direct-mapped front of pages_
    std::unordered_set<Address> loop_ends_;
    std::unordered_set<Address> stops_;
    bool stops_everywhere_ = false;
    std::vector<CodeUser*> users_;
    std::vector<isa::Execute> executes_;  // [row]
    bool is_intercepted_ = false;
};

}  // namespace flexv::core
