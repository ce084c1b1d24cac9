// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/elf_symbols.hpp"

#include "platform/files/printable.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace flexv::platform {

std::vector<u64> PlaceList::ends() const {
    std::vector<u64> result(places_.size());
    u64 next = u64{1} << 32;  // address of the next symbol that lies higher
    for (std::size_t i = places_.size(); i-- > 0;) {
        const Place& place = places_[i];
        if (i + 1 < places_.size() && places_[i + 1].symbol.address > place.symbol.address)
            next = places_[i + 1].symbol.address;
        result[i] = std::min(next, place.section_end);
    }
    return result;
}

std::vector<ElfImage::Symbol> PlaceList::sorted() && {
    std::ranges::stable_sort(places_, {}, [](const Place& place) {
        return std::tuple{place.symbol.address, place.symbol.size == 0, place.rank};
    });
    const std::vector<u64> end = ends();
    std::vector<ElfImage::Symbol> result;
    u64 covered = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        ElfImage::Symbol& symbol = places_[i].symbol;
        const bool is_sized = symbol.size != 0;
        if (symbol.address < covered && !is_sized)
            continue;
        if (!result.empty() && result.back().address == symbol.address)
            continue;
        if (is_sized)
            covered = u64{symbol.address} + symbol.size;
        else
            symbol.size = end[i] > symbol.address ? u32(end[i] - symbol.address) : 0;
        if (symbol.size != 0)
            result.push_back(std::move(symbol));
    }
    return result;
}

std::string printable_name(std::string_view name) {
    const std::string result = printable(name.substr(0, kLongestName));
    return name.size() > kLongestName ? result + "..." : result;
}

}  // namespace flexv::platform
