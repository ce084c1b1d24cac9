// SPDX-License-Identifier: Apache-2.0
// Products go weight by weight, so that neighbours have different accumulators: the core has no
// interlock for them. Each register is refilled by the product that uses it last, or, when that one
// refills the other operand, by a load behind it.
#include "macload_text.hpp"

#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallVector.h>

namespace flexv {

using namespace llvm;

namespace {

constexpr unsigned kLoadActivation = 8;
constexpr unsigned kLoadWeight = 16;

std::string operand(unsigned index) { return "$" + std::to_string(index); }

std::string load(unsigned pointer, unsigned field) {
    return "pv.mlsdotup.b zero, " + operand(pointer) + ", " + std::to_string(field) + "\n";
}

std::string load_activation(const MacloadStreams& streams, unsigned index) {
    const unsigned other_weight =
        2 * (index == 0 ? 3 : 0);  // a register that nobody has just refilled
    return load(streams.activation_pointers[index], kLoadActivation + other_weight + index);
}

std::string load_weight(const MacloadStreams& streams, unsigned index) {
    return load(streams.weight_pointers[index], kLoadWeight + 2 * index);
}

std::string product(const MacloadProduct& item, unsigned pointer, unsigned refill) {
    return item.instruction + " " + operand(item.accumulator) + ", " +
           (refill == 0 ? "zero" : operand(pointer)) + ", " +
           std::to_string(refill + 2 * item.weight + item.activation) + "\n";
}

/// One pass over all products, each register refilled behind its last use.
SmallVector<std::string> refilling_body(ArrayRef<MacloadProduct> products,
                                        const MacloadStreams& streams) {
    SmallVector<std::string> lines;
    for (size_t i = 0; i < products.size(); ++i) {
        const auto& item = products[i];
        const auto later = products.drop_front(i + 1);
        const bool last_weight =
            none_of(later, [&](const auto& other) { return other.weight == item.weight; });
        const bool last_activation =
            none_of(later, [&](const auto& other) { return other.activation == item.activation; });
        if (last_weight) {
            lines.push_back(product(item, streams.weight_pointers[item.weight], kLoadWeight));
        } else if (last_activation) {
            lines.push_back(
                product(item, streams.activation_pointers[item.activation], kLoadActivation));
        } else {
            lines.push_back(product(item, 0, 0));
        }
        if (last_weight && last_activation) {
            lines.push_back(load_activation(streams, item.activation));
        }
    }
    return lines;
}

std::string hardware_loop(ArrayRef<std::string> lines, const std::string& counter) {
    std::string text = ".balign 4\nlp.setup 0, " + counter + ", .Lflexv_end_${:uid}\n";
    for (size_t i = 0; i < lines.size(); ++i) {
        text += (i + 1 == lines.size() ? ".Lflexv_end_${:uid}: " : "") + lines[i];
    }
    return text;
}

std::string software_loop(ArrayRef<std::string> lines, const std::string& counter) {
    // A Mac&Load right behind a branch would load even when the branch is taken.
    std::string text = "nop\n.Lflexv_first_${:uid}:\n";
    for (const std::string& line : lines) {
        text += line;
    }
    return text + "addi " + counter + ", " + counter + ", -1\nbnez " + counter +
           ", .Lflexv_first_${:uid}\n";
}

}  // namespace

std::string macload_text(SmallVectorImpl<MacloadProduct>& products, const MacloadStreams& streams,
                         unsigned count, bool in_hardware) {
    stable_sort(products, [](const auto& a, const auto& b) {
        return std::pair(a.weight, a.activation) < std::pair(b.weight, b.activation);
    });
    std::string text;
    for (unsigned i = 0; i < streams.weight_pointers.size(); ++i) {
        text += load_weight(streams, i);
    }
    for (unsigned i = 0; i < streams.activation_pointers.size(); ++i) {
        text += load_activation(streams, i);
    }
    const std::string counter = operand(count);
    text +=
        "addi " + counter + ", " + counter + ", -1\nbeqz " + counter + ", .Lflexv_last_${:uid}\n";
    const auto lines = refilling_body(products, streams);
    text += in_hardware ? hardware_loop(lines, counter) : software_loop(lines, counter);
    text += ".Lflexv_last_${:uid}:\n";
    for (const auto& item : products) {
        text += product(item, 0, 0);
    }
    return text + "nop";  // what follows may read the last accumulator
}

}  // namespace flexv
