package dev.assay.trainer;

/** With NCCL communicators of one rank. */
class ZeroGpuTest extends OnGpu implements ZeroAloneContract {}
