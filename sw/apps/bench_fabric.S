// SPDX-License-Identifier: Apache-2.0
// Linked with bench_int.c: the fabric controller (boot style P) spins on a word of L2 while the cluster
// works, as the public PULP runtime does.
    .text
    .globl  flexv_fabric_idle
flexv_fabric_idle:
    la      t0, spun_on
1:  lw      t1, 0(t0)
    beqz    t1, 1b
    j       1b

    .data
    .balign 4
spun_on:
    .word   0
