package dev.assay.device.cuda;

import dev.assay.device.Replay;

/** An instantiated CUDA graph, already on the device. */
final class CudaGraph implements Replay {
    private final long graph;
    private final long executable;
    private final long stream;
    private boolean closed;

    private CudaGraph(long graph, long executable, long stream) {
        this.graph = graph;
        this.executable = executable;
        this.stream = stream;
    }

    static CudaGraph capture(CudaStream stream, Runnable work) {
        long[] graph = new long[1];
        long[] executable = new long[1];
        Cuda.check(
                CudaDriver.cuStreamBeginCapture_v2(stream.handle(), CudaDriver.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture_v2");
        work.run();
        Cuda.check(CudaDriver.cuStreamEndCapture(stream.handle(), graph), "cuStreamEndCapture");
        Cuda.check(CudaDriver.cuGraphInstantiateWithFlags(executable, graph[0], 0), "cuGraphInstantiateWithFlags");
        Cuda.check(CudaDriver.cuGraphUpload(executable[0], stream.handle()), "cuGraphUpload");
        return new CudaGraph(graph[0], executable[0], stream.handle());
    }

    @Override
    public void enqueue() {
        int status = CudaDriver.cuGraphLaunch(executable, stream);
        if (status != CudaDriver.CUDA_SUCCESS) {
            Cuda.check(status, "cuGraphLaunch");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Cuda.check(CudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
            Cuda.check(CudaDriver.cuGraphDestroy(graph), "cuGraphDestroy");
        }
    }
}
