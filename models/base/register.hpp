// SPDX-License-Identifier: Apache-2.0
// Registers as the manual prints them: one declaration carries offset, fields, reset value, access
// and text; decode, checks, debug access and the generated manual page follow from it.
#pragma once

#include "base/bus_target.hpp"
#include "base/error.hpp"
#include "base/units.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flexv {

/// A slice of a register; bits in no field read 0 and ignore writes.
struct Field {
    std::string_view name = {};  ///< spelled as in the data sheet; refers to a literal
    unsigned lsb = 0;
    unsigned width = 1;
    u32 reset = 0;  ///< of the field, not shifted
    bool is_writable = true;
    std::string_view doc = {};

    [[nodiscard]] constexpr u32 max() const {
        return width >= 32 ? ~u32{0} : (u32{1} << width) - 1;
    }
    [[nodiscard]] constexpr u32 mask() const { return max() << lsb; }
};

inline constexpr Field whole_word{.name = "VALUE", .lsb = 0, .width = 32};
/// All 32 bits with another value after reset.
constexpr Field whole_word_reset(u32 value) {
    return {.name = "VALUE", .lsb = 0, .width = 32, .reset = value};
}

enum class Access { read_write, read_only, write_only, write_1_to_clear, read_to_clear };
[[nodiscard]] std::string_view to_string(Access access);

/// Declaration of one register.
struct RegisterSpec {
    u32 offset = 0;  ///< bytes from the start of the bank, a multiple of 4
    std::string name = {};
    std::string doc = {};
    Access access = Access::read_write;
    std::vector<Field> fields = {};
    /// Supplies the value of a bus read instead of the stored one. Also called for debug reads,
    /// unless `read_has_effect`: then a debug read shows on_peek(), or the stored value without
    /// one.
    std::function<u32()> on_read = {};
    /// Called after a bus write; not for debug writes. For write_only, `now` is what was written.
    std::function<void(u32 old, u32 now)> on_write = {};
    bool read_has_effect = false;  ///< say which in `doc`
    std::function<u32()> on_peek = {};
};

class RegisterBank;

class Register {
public:
    Register(RegisterBank& bank, RegisterSpec spec);
    Register(const Register&) = delete;
    Register& operator=(const Register&) = delete;

    [[nodiscard]] u32 value() const { return value_; }
    [[nodiscard]] u32 operator[](const Field& field) const {
        return (value_ >> field.lsb) & field.max();
    }
    /// The model's own write: no mask of writability, no callback.
    void set(u32 value) { value_ = value; }
    void set(const Field& field, u32 value) {
        value_ = (value_ & ~field.mask()) | ((value & field.max()) << field.lsb);
    }
    void reset() { value_ = reset_value_; }

    [[nodiscard]] const std::string& name() const { return spec_.name; }
    [[nodiscard]] const std::string& doc() const { return spec_.doc; }
    [[nodiscard]] u32 offset() const { return spec_.offset; }
    [[nodiscard]] Access access() const { return spec_.access; }
    [[nodiscard]] const std::vector<Field>& fields() const { return spec_.fields; }
    [[nodiscard]] u32 reset_value() const { return reset_value_; }
    [[nodiscard]] u32 writable_mask() const { return writable_mask_; }
    [[nodiscard]] bool read_has_effect() const { return spec_.read_has_effect; }

private:
    friend class RegisterBank;

    u32 read();
    [[nodiscard]] u32 peek() const;
    void write(u32 data, u32 lanes);  ///< `lanes` has ones in the bits that the access carries
    void poke(u32 data, u32 lanes);

    const RegisterSpec spec_;
    u32 reset_value_ = 0;
    u32 writable_mask_ = 0;
    u32 value_ = 0;
};

/// Declaration of equal registers at a fixed distance; the callbacks are given the index.
struct RegisterArraySpec {
    u32 offset = 0;
    std::string name = {};  ///< of element i: the index replaces a `#`, or follows
    std::string doc = {};
    unsigned count = 0;
    u32 stride_bytes = 4;
    Access access = Access::read_write;
    std::vector<Field> fields = {};
    std::function<u32(unsigned index)> on_read = {};
    std::function<void(unsigned index, u32 old, u32 now)> on_write = {};
    bool read_has_effect = false;
    std::function<u32(unsigned index)> on_peek = {};
};

class RegisterArray {
public:
    RegisterArray(RegisterBank& bank, const RegisterArraySpec& spec);

    [[nodiscard]] std::size_t size() const { return elements_.size(); }
    [[nodiscard]] Register& operator[](std::size_t index) { return *elements_.at(index); }
    [[nodiscard]] const Register& operator[](std::size_t index) const {
        return *elements_.at(index);
    }

private:
    std::vector<std::unique_ptr<Register>> elements_;
};

/// What an offset that holds no register does.
enum class Unmapped {
    refuse,              ///< bus error; the message names the nearest register
    read_zero,           ///< reads 0, ignores writes
    read_zero_and_warn,  ///< the same, and says so once
};

struct BankConfig {
    u32 size_bytes = 0;
    Cycles latency_cycles = 1;  ///< grant to answer, k of docs/spec/timing.md section 3
    Unmapped unmapped = Unmapped::refuse;
    bool merges_narrow_writes = false;   ///< else a store of less than a word is refused
    const ClockDomain* clock = nullptr;  ///< gives accesses from outside their cycle and delay
    std::function<u32(u32)> fold = {};   ///< offset -> the offset that it repeats
};

/// A block's registers behind one address window.
class RegisterBank final : public BusTarget {
public:
    RegisterBank(Module& module, const std::string& name, BankConfig config);

    /// All registers to their reset values, in the order of their declaration; no callback is
    /// called.
    void reset();
    void serialize(StateArchive& archive);
    /// In the order of their offsets, for the manual page.
    [[nodiscard]] std::vector<const Register*> registers() const;

private:
    friend class Register;

    void add(Register& added);
    void check_fields(const Register& added) const;
    [[noreturn]] void reject(const Register& added, const std::string& why) const;
    BusAnswer perform(const BusAccess& access) override;
    BusAnswer perform_write(Register& target, const BusAccess& access);
    BusAnswer perform_unmapped(const BusAccess& access);
    [[nodiscard]] std::string nearest(u32 offset) const;
    void log_access(const BusAccess& access, std::string_view register_name, u32 data) const;

    const BankConfig config_;
    std::vector<Register*> declared_;
    std::vector<Register*> by_word_;  // [offset / 4], null where nothing is
    bool has_warned_ = false;
};

}  // namespace flexv
