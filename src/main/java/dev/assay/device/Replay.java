package dev.assay.device;

/** Work captured once, to be enqueued again and again at the cost of one call; a CUDA graph. */
public interface Replay extends AutoCloseable {
    /** On the stream that it was captured on. */
    void enqueue();

    /** To be called before the communicator that its work uses is closed. */
    @Override
    void close();
}
