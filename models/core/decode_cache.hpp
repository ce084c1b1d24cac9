// SPDX-License-Identifier: Apache-2.0
// Decoded instructions by address, shared by the cores of a cluster. Decode happens once; a write
// to decoded code throws the page away. Holds no timing: what a fetch costs is the instruction
// cache's.
#pragma once

#include "base/module.hpp"
#include "isa/decoder.hpp"
#include "isa/instruction.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <bit>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace flexv::core {

/// Why an instruction leaves the straight path of the step loop; 0 for most instructions.
enum SlotFlag : u8 {
    kUndecoded = 1,   ///< not decoded yet, or forgotten
    kPageEnd = 2,     ///< behind the last halfword of the page
    kSpecial = 4,     ///< not for the tight loop: other timing than `single` and `branch`, reads
                      ///< the pc, or observed
    kLoopEnd = 8,     ///< some hardware loop ended here; the hart's own registers decide
    kLineStart = 16,  ///< needs a cache line that the instruction before it did not
    kMarker = 32,     ///< region marker: slti/sltiu x0, x0, N
    kIllegal = 64,
    kBranch = 128,  ///< conditional branch
};

/// One decoded instruction. Resource masks: bit r is x[r], bits 32..35 W0..W3, bits 36..37 A0, A1.
struct alignas(64) Slot {
    isa::Execute execute = nullptr;
    isa::Operands op;
    u64 uses = 0;    ///< resources whose late arrival stalls this instruction
    u64 late = 0;    ///< resources that are there only for the instruction after the next
    u32 writes = 0;  ///< x registers written
    u16 row = 0;
    u8 flags = kUndecoded;
    u8 step = 2;  ///< halfwords to the sequential successor
    isa::Timing timing = isa::Timing::single;
    isa::Access access;
    Address pc = 0;    ///< of the slot, decoded or not
    Address line = 0;  ///< the cache line of the instruction's last byte
    u32 stretch = 0;   ///< pattern of the Stretch from here on; 0: not known
};
static_assert(sizeof(Slot) == 64);  // one line of the host's cache

/// Instructions that follow each other, of which none but the first has a flag, as a pattern of
/// their steps: bit i is set when instruction i has 32 bits, so that its successor is the slot
/// after the next; one more bit ends the pattern. A loop over it knows the next slot without a
/// load.
class Stretch {
public:
    static constexpr unsigned kMaxLength = 31;

    Stretch() = default;  // empty

    /// The stretch that begins at `first`; noted there.
    static Stretch at(Slot& first) {
        return Stretch(first.stretch != 0 ? first.stretch : measure(first));
    }

    [[nodiscard]] unsigned length() const { return unsigned(std::bit_width(pattern_)) - 1; }
    [[nodiscard]] Stretch first(unsigned length) const {
        const u32 end = 1U << length;
        return Stretch((pattern_ & (end - 1)) | end);
    }
    /// The first instruction has 32 bits: 0 or 1, to be added.
    [[nodiscard]] unsigned is_wide() const { return pattern_ & 1; }
    void drop_first() { pattern_ >>= 1; }
    [[nodiscard]] bool is_empty() const { return pattern_ == 1; }

private:
    explicit Stretch(u32 pattern) : pattern_(pattern) {}
    static u32 measure(Slot& first);

    u32 pattern_ = 1;
};

class DecodeCache final : public Module {
public:
    struct Config {
        bool mark_lines = false;  ///< flag line starts, for cores with an instruction cache model
        u32 line_bytes = 16;
    };

    /// Code is read here with transport_dbg; read-only DMI is held for pages that were decoded, so
    /// that the memory tells when they change.
    tlm_utils::simple_initiator_socket<DecodeCache> code_out{"code_out"};

    DecodeCache(const sc_core::sc_module_name& name, const isa::Decoder& decoder,
                const Config& config);
    ~DecodeCache() override;
    void reset() override;

    /// The slot of `pc`; it may be undecoded. Stays valid as long as the cache.
    [[nodiscard]] Slot* slot(Address pc, isa::Mode mode);
    /// Fills the slot of `pc`. False when no memory answers there.
    bool decode(Slot& slot, Address pc, isa::Mode mode);
    /// A hardware loop has its last instruction at `pc`.
    void mark_loop_end(Address pc);
    /// The word at `address`, two bytes at least; nullopt when no memory answers.
    [[nodiscard]] std::optional<u32> peek(Address address);
    /// Forgets what was decoded in [start, end].
    void invalidate(Address start, Address end);
    /// Every instruction executes through `execute` instead of its row, and none in the tight loop.
    void intercept(isa::Execute execute);

    static constexpr u32 kPageBytes = 4096;
    static constexpr u32 kPageSlots = kPageBytes / 2;

private:
    static constexpr unsigned kQuick = 64;

    struct Page {
        const Address base;
        std::array<Slot, kPageSlots + 2>
            slots;  // two sentinels: a 32-bit instruction may jump over one
        explicit Page(Address address);
        void forget();
    };
    struct QuickEntry {
        Address base = ~0U;
        Page* page = nullptr;
    };
    using Pages = std::unordered_map<Address, std::unique_ptr<Page>>;

    Page& page_of(Address pc, isa::Mode mode);
    void fill(Slot& slot, const isa::Instruction& row, u32 word, Address pc) const;
    [[nodiscard]] u8 flags_of(const Slot& slot, Address pc) const;
    void watch(Address pc);
    void invalidate_range(sc_dt::uint64 start, sc_dt::uint64 end);

    const isa::Decoder& decoder_;
    const Config config_;
    std::array<Pages, 2> pages_;                           // [legacy, status]
    std::array<std::array<QuickEntry, kQuick>, 2> quick_;  // direct-mapped front of pages_
    std::unordered_set<Address> loop_ends_;
    isa::Execute interceptor_ = nullptr;  // null: rows execute themselves
};

}  // namespace flexv::core
