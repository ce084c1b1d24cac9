// SPDX-License-Identifier: Apache-2.0
// Data that a debugger watches. Writes to memory are told by the memory itself, whoever the master
// is, and cost nothing until then; reads, and accesses to registers, are looked for in front of
// every instruction of the cores.
#pragma once

#include "core/debugger.hpp"
#include "platform/debug/target.hpp"
#include "platform/system/soc.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class Watchpoints {
public:
    explicit Watchpoints(Soc& soc) : soc_(soc) {}

    /// False for an empty range.
    bool insert(PointKind kind, Address address, unsigned bytes);
    bool remove(PointKind kind, Address address, unsigned bytes);
    void clear();
    /// The platform goes on. What was removed since the last call is watched on for a thread that
    /// does not step alone when `keeps_removed`, as Breakpoints have it.
    void mark(bool keeps_removed);
    [[nodiscard]] std::vector<DebugPoint> points() const;

    struct Hit {
        PointKind kind = PointKind::write;
        Address address = 0;
    };
    /// Every instruction has to be looked at.
    [[nodiscard]] bool need_every_access() const;
    /// What the access, which has not begun, will hit.
    [[nodiscard]] std::optional<Hit> hit_by(const core::NextAccess& access, bool with_lifted) const;
    /// Memory has told that [first, last] is written: what has a new value now.
    [[nodiscard]] std::optional<Hit> changed(Address first, Address last);
    /// The debugger itself has written.
    void refresh();

private:
    struct Point {
        PointKind kind = PointKind::write;
        Address address = 0;
        unsigned bytes = 0;
        bool is_told_by_memory = false;
        std::string value{};  ///< as far as memory tells

        [[nodiscard]] bool overlaps(Address first, Address last) const {
            return address <= last && address + (bytes - 1) >= first;
        }
        [[nodiscard]] bool is(PointKind k, Address a, unsigned b) const {
            return kind == k && address == a && bytes == b;
        }
        [[nodiscard]] bool is_hit_by(const core::NextAccess& access) const {
            const bool is_of_interest =
                kind == PointKind::access || (kind == PointKind::write) == access.is_write;
            return !is_told_by_memory && is_of_interest &&
                   overlaps(access.address, access.address + (access.bytes - 1U));
        }
    };

    [[nodiscard]] bool contains(const Point& point) const;
    bool arm(const Point& point);
    [[nodiscard]] std::string value_of(const Point& point);

    Soc& soc_;
    std::vector<Point> points_;
    std::vector<Point> removed_;  // since the last mark()
    std::vector<Point> lifted_;
};

}  // namespace flexv::platform
