// SPDX-License-Identifier: Apache-2.0
// Which bits of a hart's registers depend on something that nobody has written. An instruction with
// undefined sources is executed on copies of the hart, in which the undefined bits have other
// values: what comes out differently is undefined, whatever the instruction is. So a padded lane
// that is multiplied by 0, a mask, or a spilled register that is never used are no mistakes, and
// what is said to be undefined really depends on it. Plain logic.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"

#include <array>
#include <optional>
#include <vector>

namespace flexv::platform {

/// Where an undefined value came from.
struct ValueOrigin {
    bool is_memory = false;
    Address address = 0;    ///< of memory
    unsigned number = 0;    ///< of a general register
    Address loaded_at = 0;  ///< pc of the load
};

class UndefinedValues {
public:
    UndefinedValues() { forget(); }
    /// All registers are as after reset: nobody has written them.
    void forget();
    /// All registers hold what somebody has written.
    void define_all();
    [[nodiscard]] bool are_all_defined() const;

    [[nodiscard]] u32 mask(unsigned number) const { return x_[number]; }
    [[nodiscard]] const ValueOrigin& origin(unsigned number) const { return origins_[number]; }
    /// From now on it is taken for defined, so that one mistake is told once.
    void define(unsigned number) { x_[number] = 0; }
    /// These bits of it, and no others.
    void undefine(unsigned number, u32 bits, const ValueOrigin& origin) {
        x_[number] = number == 0 ? 0 : bits;
        origins_[number] = origin;
    }

    /// Whether the direction of a branch, which has not executed yet, depends on undefined bits.
    [[nodiscard]] bool decides_by_undefined(const isa::Instruction& row, const isa::Operands& op,
                                            const isa::Hart& before) const;
    /// An instruction in which undefined values decide something.
    struct Use {
        const char* what = "";  ///< "a branch depends on"
        u32 registers = 0;      ///< that are undefined, as a set
    };
    /// Where the hart goes, and what it writes to control registers; nullopt: nothing undefined.
    [[nodiscard]] std::optional<Use> control_use(const isa::Instruction& row,
                                                 const isa::Operands& op,
                                                 const isa::Hart& before) const;
    /// The address of a load or store.
    [[nodiscard]] std::optional<Use> address_use(const isa::Instruction& row,
                                                 const isa::Operands& op) const;
    /// A load takes bits `undefined` of memory.
    struct Loaded {
        u32 value = 0;  ///< what memory holds
        u32 undefined = 0;
        ValueOrigin origin = {};
    };
    /// What the instruction makes of it; `before` is the hart in front of it.
    void execute(const isa::Instruction& row, const isa::Operands& op, const isa::Hart& before,
                 const std::optional<Loaded>& loaded);

    /// The general registers among the sources that are undefined, as a set.
    [[nodiscard]] u32 undefined_sources(const isa::Instruction& row, const isa::Operands& op) const;

private:
    struct Filling;

    [[nodiscard]] std::vector<Filling> fillings(const isa::Instruction& row,
                                                const isa::Operands& op,
                                                const isa::Hart& before) const;
    void add_equal_fillings(const isa::Instruction& row, const isa::Operands& op,
                            const isa::Hart& before, std::vector<Filling>& all) const;
    [[nodiscard]] isa::Hart filled(const isa::Hart& before, const Filling& filling) const;
    [[nodiscard]] bool is_end_of_strings(const isa::Instruction& row, const isa::Operands& op,
                                         const isa::Hart& before) const;
    [[nodiscard]] bool has_undefined_stream(const isa::Instruction& row) const;
    void take_defined(const isa::Instruction& row, const isa::Operands& op);
    void take_differences(const isa::Instruction& row, const isa::Operands& op,
                          const std::vector<isa::Hart>& harts, const ValueOrigin& origin);

    std::array<u32, 32> x_{};
    std::array<u32, 4> weights_{};
    std::array<u32, 2> activations_{};
    std::array<ValueOrigin, 32> origins_{};
};

}  // namespace flexv::platform
