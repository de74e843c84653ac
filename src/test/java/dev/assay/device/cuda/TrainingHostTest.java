package dev.assay.device.cuda;

/** Attention goes Hopper's way. */
class TrainingHostTest extends OnHost implements TrainingContract {
    TrainingHostTest() {
        super("-DHOST_WARPGROUPS");
    }
}
