// SPDX-License-Identifier: Apache-2.0
// State of a run on its way into a checkpoint and out of it. A class lists its members once, in
// `void serialize(StateArchive& archive)`, for both directions
// (docs/decisions/0013-checkpoints.md). Plain C++.
#pragma once

#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace flexv {

class DataInitiator;
struct Cause;

class StateArchive {
public:
    /// Saves.
    StateArchive() = default;
    /// Loads what a StateArchive has saved; `bytes` outlive it. Where they do not fit, everything
    /// throws UserError.
    explicit StateArchive(std::string_view bytes) : rest_(bytes), is_loading_(true) {}
    StateArchive(const StateArchive&) = delete;
    StateArchive& operator=(const StateArchive&) = delete;

    [[nodiscard]] bool is_loading() const { return is_loading_; }
    /// What was saved.
    [[nodiscard]] const std::string& bytes() const { return saved_; }

    /// Saves the members, or gives them what they were. Numbers, enumerations, texts, classes with
    /// serialize(), and arrays, optionals and containers of such. A vector keeps its length: most
    /// have an element for each core, bank or port.
    template <typename... Members>
    void operator()(Members&... members) {
        (visit(members), ...);
    }
    /// A vector whose length is part of the state.
    template <typename T>
    void list(std::vector<T>& elements) {
        elements.resize(length(elements.size()));
        for (T& element : elements)
            visit(element);
    }
    /// `count` bytes of a memory, of which many are 0.
    void memory(void* bytes, std::size_t count);
    /// A part with a name, which must be the same when loading, and must then read all that it has
    /// written.
    template <typename Body>
    void part(std::string_view name, Body body) {
        const std::size_t mark = begin_part(name);
        body();
        end_part(name, mark);
    }

    /// Whom pointers to initiators may mean; the same ones in the same order when loading.
    void know(DataInitiator& initiator) { initiators_.push_back(&initiator); }

    /// While it lives, pointers to an Element mean one of `elements`, or nothing.
    template <typename Element>
    class PointersInto {
    public:
        PointersInto(StateArchive& archive, std::span<Element> elements)
            : archive_(archive),
              outer_(std::exchange(archive.pointed_at_, std::as_writable_bytes(elements))) {}
        ~PointersInto() { archive_.pointed_at_ = outer_; }
        PointersInto(const PointersInto&) = delete;
        PointersInto& operator=(const PointersInto&) = delete;

    private:
        StateArchive& archive_;
        const std::span<std::byte> outer_;
    };

private:
    template <typename T>
    static constexpr bool has_members = requires(T& value, StateArchive& archive) {
        value.serialize(archive);
    };

    void visit(bool& value);
    void visit(double& value);
    void visit(std::string& text);
    void visit(Cause& cause);
    void visit(DataInitiator*& initiator);

    template <typename Clock>
    void visit(CyclesOf<Clock>& cycles) {
        auto count = u64(cycles);
        visit(count);
        cycles = CyclesOf<Clock>(count);
    }
    template <std::integral T>
    void visit(T& value) {
        value = T(number(std::make_unsigned_t<T>(value), std::make_unsigned_t<T>(~T{0})));
    }
    template <typename T>
    requires std::is_enum_v<T>
    void visit(T& value) {
        auto raw = std::underlying_type_t<T>(value);
        visit(raw);
        value = T(raw);
    }
    template <typename T>
    requires has_members<T>
    void visit(T& value) { value.serialize(*this); }
    template <typename T>
    requires has_members<T>
    void visit(T*& pointer) {
        const auto place = reinterpret_cast<std::byte*>(pointer);
        const std::size_t count = pointed_at_.size() / sizeof(T);
        const u64 index =
            number(pointer == nullptr ? 0 : u64(place - pointed_at_.data()) / sizeof(T) + 1, count);
        pointer = index == 0 ? nullptr
                             : reinterpret_cast<T*>(pointed_at_.data() + (index - 1) * sizeof(T));
    }
    template <typename T, std::size_t kLength>
    void visit(std::array<T, kLength>& elements) {
        for (T& element : elements)
            visit(element);
    }
    template <typename T, std::size_t kLength>
    void visit(T (&elements)[kLength]) {
        for (T& element : elements)
            visit(element);
    }
    template <typename T>
    void visit(std::vector<T>& elements) {
        if (length(elements.size()) != elements.size())
            refuse("a list has another length");
        for (T& element : elements)
            visit(element);
    }
    template <typename T>
    void visit(std::deque<T>& elements) {
        elements.resize(length(elements.size()));
        for (T& element : elements)
            visit(element);
    }
    template <typename T>
    void visit(std::optional<T>& value) {
        bool has_value = value.has_value();
        visit(has_value);
        if (!has_value)
            return value.reset();
        if (!value)
            value.emplace();
        visit(*value);
    }
    template <typename First, typename Second>
    void visit(std::pair<First, Second>& both) {
        visit(both.first);
        visit(both.second);
    }
    template <typename T>
    void visit(std::set<T>& values) {
        std::vector<T> ordered(values.begin(), values.end());
        list(ordered);
        values = std::set<T>(ordered.begin(), ordered.end());
    }
    template <typename Key, typename T>
    void visit(std::map<Key, T>& values) {
        visit_entries<std::pair<Key, T>>(values);
    }
    template <typename Key, typename T>
    void visit(std::multimap<Key, T>& values) {
        visit_entries<std::pair<Key, T>>(values);
    }
    template <typename Entry, typename Map>
    void visit_entries(Map& values) {
        std::vector<Entry> ordered(values.begin(), values.end());
        list(ordered);
        values = Map(ordered.begin(), ordered.end());
    }

    /// Saves `value`, or loads one that is at most `most`.
    u64 number(u64 value, u64 most);
    /// Of a list; each of its elements takes a byte at least.
    std::size_t length(std::size_t now) { return std::size_t(number(now, room(now))); }
    [[nodiscard]] u64 room(std::size_t now) const { return is_loading_ ? rest_.size() : now; }
    void copy(void* data, std::size_t count);
    std::size_t begin_part(std::string_view name);
    void end_part(std::string_view name, std::size_t mark);
    [[noreturn]] void refuse(std::string_view why) const;

    std::string saved_;
    std::string_view rest_;
    const bool is_loading_ = false;
    std::string part_ = "the beginning";  // for messages
    std::vector<DataInitiator*> initiators_;
    std::span<std::byte> pointed_at_;
};

}  // namespace flexv
