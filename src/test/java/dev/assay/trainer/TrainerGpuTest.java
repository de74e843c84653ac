package dev.assay.trainer;

class TrainerGpuTest extends OnGpu implements TrainerContract {}
