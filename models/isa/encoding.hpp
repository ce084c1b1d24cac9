// SPDX-License-Identifier: Apache-2.0
// Turns the `.bits` string of an instruction row into masks, fields and immediate slices, at
// compile time: a malformed row does not compile. The same masks serve the decoder and the
// assembler.
//
// Grammar, most significant bit first, 32 or 16 bits in all:
//
//   0 1            bits that the hardware examines
//   (01)           bits that tools emit like this and the hardware ignores
//   -              don't care, emitted as 0
//   rd rs1 rs2     register fields of 5 bits
//   rd' rs1' rs2'  register fields of 3 bits, for x8..x15
//   rd/rs1         one field for both
//   L              number of a hardware loop, 1 bit, delivered in Operands::rd
//   imm[11|4:1]    slices of the signed immediate; uimm[..] of an unsigned one
//   imm2[..]       slices of the second immediate, signed; uimm2[..] unsigned
//   ; rs1=2        behind all bits: registers that the word does not hold
//
// Behind a field:
//
//   !0             may not be zero, over all its slices
//   !11---         may not match this pattern
//   (0)            tools emit 0, the hardware takes any
#pragma once

#include "isa/instruction.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace flexv::isa {

enum class Field : u8 { rd, rs1, rs2, loop, immediate, immediate2 };
inline constexpr std::size_t kFieldCount = 6;

/// `width` bits of a word that hold bits [value_lsb ..] of a field's value.
struct Slice {
    Field field = Field::rd;
    u8 word_lsb = 0;
    u8 width = 0;
    u8 value_lsb = 0;
};

/// Words with `word & mask == match` do not belong to the row although its fixed bits agree.
struct Exclusion {
    u32 mask = 0;
    u32 match = 0;
};

struct FieldInfo {
    bool present = false;  ///< in the word, or fixed after the semicolon
    bool in_word = false;
    bool is_signed = false;
    u8 base = 0;  ///< added to the bits of the word: 8 for rd', the number of a fixed register
    u8 bits = 0;  ///< of the value: one more than the highest bit that a slice names
};

struct Encoding {
    u32 match = 0;          ///< as tools emit it, fields zero
    u32 mask = 0;           ///< the bits that tools fix
    u32 hardware_mask = 0;  ///< the part of `mask` that the hardware examines
    u8 size = 0;            ///< bytes: 2 or 4
    u8 slice_count = 0;
    u8 exclusion_count = 0;
    std::array<Slice, 12> slices{};
    std::array<Exclusion, 3> exclusions{};
    std::array<FieldInfo, kFieldCount> fields{};

    [[nodiscard]] constexpr const FieldInfo& field(Field f) const { return fields[std::size_t(f)]; }
    [[nodiscard]] constexpr FieldInfo& field(Field f) { return fields[std::size_t(f)]; }
    [[nodiscard]] constexpr u32 hardware_match() const { return match & hardware_mask; }
};

constexpr u32 ones(unsigned bits) { return bits >= 32 ? ~u32{0} : (u32{1} << bits) - 1; }

constexpr bool is_compressed(u32 word) { return (word & 3) != 3; }

namespace detail {

class BitsParser {
public:
    constexpr explicit BitsParser(std::string_view text) : text_(text) {}

    constexpr Encoding parse() {
        for (skip_spaces(); !done() && peek() != ';'; skip_spaces())
            token();
        align();
        if (!done())
            fixed_registers();
        return encoding_;
    }

private:
    struct Name {
        std::string_view word;
        Field field;
        u8 bits;
        bool is_signed;
        u8 base;
    };
    static constexpr Name kNames[] = {
        {"rd'", Field::rd, 3, false, 8},           {"rs1'", Field::rs1, 3, false, 8},
        {"rs2'", Field::rs2, 3, false, 8},         {"rd", Field::rd, 5, false, 0},
        {"rs1", Field::rs1, 5, false, 0},          {"rs2", Field::rs2, 5, false, 0},
        {"L", Field::loop, 1, false, 0},           {"imm2", Field::immediate2, 0, true, 0},
        {"uimm2", Field::immediate2, 0, false, 0}, {"imm", Field::immediate, 0, true, 0},
        {"uimm", Field::immediate, 0, false, 0},
    };

    [[noreturn]] static void fail(const char* what) { throw std::logic_error(what); }

    [[nodiscard]] constexpr bool done() const { return at_ >= text_.size(); }
    [[nodiscard]] constexpr char peek() const { return done() ? '\0' : text_[at_]; }
    constexpr bool take(char c) {
        if (peek() != c)
            return false;
        ++at_;
        return true;
    }
    constexpr void skip_spaces() {
        while (take(' ')) {
        }
    }

    constexpr void token() {
        const char c = peek();
        if (c == '0' || c == '1' || c == '-')
            bit(true);
        else if (take('('))
            ignored_bits();
        else
            field();
    }

    /// One fixed bit, or one don't care. Positions count down from 31 and are aligned at the end.
    constexpr void bit(bool examined) {
        const char c = peek();
        ++at_;
        place(1);
        if (c == '-')
            return;
        encoding_.mask |= u32{1} << lsb_;
        encoding_.match |= u32(c == '1') << lsb_;
        encoding_.hardware_mask |= u32(examined) << lsb_;
    }

    constexpr void ignored_bits() {
        while (peek() == '0' || peek() == '1')
            bit(false);
        if (!take(')'))
            fail("an unexamined bit is 0 or 1");
    }

    constexpr void place(unsigned width) {
        if (width > lsb_)
            fail("more than 32 bits");
        lsb_ -= width;
    }

    constexpr void field() {
        const Name& name = known_name();
        const u32 above = lsb_;
        if (name.bits == 0)
            slices(name);
        else
            slice(name, name.bits, 0);
        if (take('/'))
            slice_again(known_name(), above);
        suffix(name.field, above);
    }

    constexpr const Name& known_name() {
        for (const Name& name : kNames) {
            if (text_.substr(at_).starts_with(name.word)) {
                at_ += name.word.size();
                return name;
            }
        }
        fail("unknown field");
    }

    constexpr void slice(const Name& name, unsigned width, unsigned value_lsb) {
        place(width);
        add(name, {name.field, u8(lsb_), u8(width), u8(value_lsb)});
    }

    constexpr void slice_again(const Name& name, u32 above) {
        if (above - lsb_ != name.bits)
            fail("two names of one field must have the same width");
        add(name, {name.field, u8(lsb_), name.bits, 0});
    }

    constexpr void add(const Name& name, Slice slice) {
        if (encoding_.slice_count == encoding_.slices.size())
            fail("too many slices");
        encoding_.slices[encoding_.slice_count++] = slice;
        FieldInfo& info = encoding_.field(name.field);
        const u8 bits = u8(slice.value_lsb + slice.width);
        info = {true, true, name.is_signed, name.base, bits > info.bits ? bits : info.bits};
    }

    constexpr void slices(const Name& name) {
        if (!take('['))
            fail("an immediate needs its bits");
        do {
            const unsigned high = number();
            const unsigned low = take(':') ? number() : high;
            if (low > high || high > 31)
                fail("a slice is high:low");
            slice(name, high - low + 1, low);
        } while (take('|'));
        if (!take(']'))
            fail("slices end in ]");
    }

    constexpr unsigned number() {
        if (peek() < '0' || peek() > '9')
            fail("number expected");
        unsigned value = 0;
        for (; peek() >= '0' && peek() <= '9'; ++at_)
            value = value * 10 + unsigned(peek() - '0');
        return value;
    }

    constexpr void suffix(Field field, u32 above) {
        if (text_.substr(at_).starts_with("!0")) {
            at_ += 2;
            nonzero_[std::size_t(field)] = true;
        } else if (take('!')) {
            exclude_pattern(above);
        } else if (text_.substr(at_).starts_with("(0)")) {
            at_ += 3;
            encoding_.mask |= ones(above - lsb_) << lsb_;
        }
    }

    constexpr void exclude_pattern(u32 above) {
        Exclusion exclusion;
        u32 position = above;
        for (; peek() == '0' || peek() == '1' || peek() == '-'; ++at_) {
            --position;
            exclusion.mask |= u32(peek() != '-') << position;
            exclusion.match |= u32(peek() == '1') << position;
        }
        if (position != lsb_)
            fail("an excluded pattern is as wide as its field");
        exclude(exclusion);
    }

    constexpr void exclude(Exclusion exclusion) {
        if (encoding_.exclusion_count == encoding_.exclusions.size())
            fail("too many exclusions");
        encoding_.exclusions[encoding_.exclusion_count++] = exclusion;
    }

    /// The row is written from bit 31 down; a compressed one moves to the low half.
    constexpr void align() {
        if (lsb_ != 0 && lsb_ != 16)
            fail("a row has 32 or 16 bits");
        exclude_zero_fields();
        encoding_.size = lsb_ == 16 ? 2 : 4;
        encoding_.match >>= lsb_;
        encoding_.mask >>= lsb_;
        encoding_.hardware_mask >>= lsb_;
        for (Slice& slice : encoding_.slices)
            slice.word_lsb = u8(slice.word_lsb - (slice.width != 0 ? lsb_ : 0));
        for (Exclusion& exclusion : encoding_.exclusions)
            exclusion = {exclusion.mask >> lsb_, exclusion.match >> lsb_};
        if (is_compressed(encoding_.match) != (encoding_.size == 2))
            fail("bits 1:0 do not fit the width");
    }

    constexpr void exclude_zero_fields() {
        for (std::size_t f = 0; f < kFieldCount; ++f) {
            Exclusion exclusion;
            for (const Slice& slice : encoding_.slices)
                if (std::size_t(slice.field) == f)
                    exclusion.mask |= ones(slice.width) << slice.word_lsb;
            if (nonzero_[f])
                exclude(exclusion);
        }
    }

    constexpr void fixed_registers() {
        take(';');
        for (skip_spaces(); !done(); skip_spaces()) {
            const Name& name = known_name();
            if (!take('='))
                fail("a fixed register is name=number");
            encoding_.field(name.field) = {true, false, false, u8(number()), 0};
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    u32 lsb_ = 32;  // bits above this one are placed
    std::array<bool, kFieldCount> nonzero_{};
    Encoding encoding_;
};

}  // namespace detail

constexpr Encoding parse_bits(std::string_view bits) { return detail::BitsParser(bits).parse(); }

/// True when the hardware takes `word` for this row. The upper half does not matter for 16-bit
/// rows.
constexpr bool accepts(const Encoding& encoding, u32 word) {
    if (((word ^ encoding.match) & encoding.hardware_mask) != 0)
        return false;
    for (std::size_t i = 0; i < encoding.exclusion_count; ++i)
        if ((word & encoding.exclusions[i].mask) == encoding.exclusions[i].match)
            return false;
    return true;
}

/// Bits of one field as the row delivers them: put together, extended, a register's base added.
constexpr u32 field_value(const Encoding& encoding, Field field, u32 word) {
    const FieldInfo& info = encoding.field(field);
    u32 value = 0;
    for (std::size_t i = 0; i < encoding.slice_count; ++i) {
        const Slice& slice = encoding.slices[i];
        if (slice.field == field)
            value |= (word >> slice.word_lsb & ones(slice.width)) << slice.value_lsb;
    }
    if (info.is_signed && (value >> (info.bits - 1) & 1) != 0)
        value |= ~ones(info.bits);
    return value + info.base;
}

constexpr Operands decode_operands(const Encoding& encoding, u32 word) {
    const u32 rd =
        field_value(encoding, Field::rd, word) | field_value(encoding, Field::loop, word);
    return {.word = encoding.size == 2 ? word & 0xffff : word,
            .imm = i32(field_value(encoding, Field::immediate, word)),
            .imm2 = u8(field_value(encoding, Field::immediate2, word)),
            .rd = u8(rd),
            .rs1 = u8(field_value(encoding, Field::rs1, word)),
            .rs2 = u8(field_value(encoding, Field::rs2, word)),
            .size = encoding.size};
}

/// The word for these operands; bits of a value that no slice names are lost (compare after
/// decoding).
constexpr u32 encode_operands(const Encoding& encoding, const Operands& op) {
    const std::array<u32, kFieldCount> values{op.rd, op.rs1, op.rs2, op.rd, u32(op.imm), op.imm2};
    u32 word = encoding.match;
    for (std::size_t i = 0; i < encoding.slice_count; ++i) {
        const Slice& slice = encoding.slices[i];
        const std::size_t field = std::size_t(slice.field);
        const u32 value = values[field] - encoding.fields[field].base;
        word |= (value >> slice.value_lsb & ones(slice.width)) << slice.word_lsb;
    }
    return word;
}

/// How much of the word a row fixes: of two rows that accept a word, the more specific one wins.
constexpr unsigned specificity(const Encoding& encoding) {
    return unsigned(std::popcount(encoding.hardware_mask));
}

namespace detail {

/// The fixed bits of `other` fall into an exclusion of `encoding`.
constexpr bool excludes(const Encoding& encoding, const Encoding& other) {
    for (std::size_t i = 0; i < encoding.exclusion_count; ++i) {
        const Exclusion& e = encoding.exclusions[i];
        if ((other.hardware_mask & e.mask) == e.mask && (other.match & e.mask) == e.match)
            return true;
    }
    return false;
}

constexpr bool nested(const Encoding& inner, const Encoding& outer) {
    return (inner.hardware_mask & outer.hardware_mask) == outer.hardware_mask &&
           inner.hardware_mask != outer.hardware_mask;
}

}  // namespace detail

/// False when one word could mean either and neither is a special case of the other.
constexpr bool distinguishable(const Encoding& a, const Encoding& b) {
    const u32 common = a.hardware_mask & b.hardware_mask;
    if (a.size != b.size || ((a.match ^ b.match) & common) != 0)
        return true;
    return detail::excludes(a, b) || detail::excludes(b, a) || detail::nested(a, b) ||
           detail::nested(b, a);
}

constexpr bool active_together(Mode a, Mode b) {
    return a == b || a == Mode::any || b == Mode::any;
}

/// One table from the rows of several families.
template <std::size_t... N>
constexpr std::array<Instruction, (N + ...)> concatenate(
    const std::array<Instruction, N>&... parts) {
    std::array<Instruction, (N + ...)> rows{};
    auto end = rows.begin();
    ((end = std::copy(parts.begin(), parts.end(), end)), ...);
    return rows;
}

/// For a static_assert behind each table: every row is well formed and no order of rows matters.
template <std::size_t N>
constexpr bool distinct(const std::array<Instruction, N>& rows) {
    std::array<Encoding, N> encodings{};
    for (std::size_t i = 0; i < N; ++i) {
        encodings[i] = parse_bits(rows[i].bits);
        for (std::size_t j = 0; j < i; ++j)
            if (active_together(rows[i].mode, rows[j].mode) &&
                !distinguishable(encodings[i], encodings[j]))
                return false;
    }
    return true;
}

}  // namespace flexv::isa
