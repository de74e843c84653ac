package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.Stream;

/**
 * Where collectives of one purpose are enqueued: beside the computing, or, where nothing overlaps, on its stream.
 *
 * @param own whether the stream is this lane's alone
 */
record Lane(Stream stream, Communicator communicator, boolean own) implements AutoCloseable {
    static Lane of(Device device, Stream compute, Communicator communicator, boolean beside) {
        return new Lane(beside ? device.newStream() : compute, communicator, beside);
    }

    /** To be closed when its work is done. */
    @Override
    public void close() {
        communicator.close();
        if (own) {
            stream.close();
        }
    }
}
