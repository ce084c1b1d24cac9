// SPDX-License-Identifier: Apache-2.0
#include "platform/run/signature.hpp"

#include "base/error.hpp"

namespace flexv::platform {

Signature::Signature(Soc& soc, const ElfImage& image) : soc_(soc) {
    const auto begin = image.symbol("begin_signature");
    const auto end = image.symbol("end_signature");
    if (!begin || !end)
        throw UserError(
            "{}: no symbols begin_signature and end_signature, so no signature; define them "
            "around the words, or leave out --signature",
            image.name());
    for (Address address = *begin & ~3U; address < *end; address += 4) {
        if (!soc_.peek(address))
            throw UserError("{}: the signature at {:#010x} lies in no memory", image.name(),
                            address);
        addresses_.push_back(address);
    }
}

std::vector<u32> Signature::words() const {
    std::vector<u32> words;
    for (const Address address : addresses_)
        words.push_back(soc_.peek(address).value());
    return words;
}

}  // namespace flexv::platform
