package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Stream;

/**
 * Where collectives of one purpose are enqueued: beside the computing, or, where nothing overlaps, on its stream.
 *
 * @param own whether the stream is this lane's alone
 */
record Lane(Stream stream, Communicator communicator, boolean own) {
    /** What is enqueued here from now on comes after what is on the compute stream by now. */
    void after(Stream compute, Fence fence) {
        if (own) {
            fence.passed(compute);
            fence.before(stream);
        }
    }

    /** What is enqueued on the compute stream from now on comes after what is here by now. */
    void before(StepClock clock, Fence fence) {
        if (own) {
            fence.passed(stream);
            clock.await(fence);
        }
    }
}
