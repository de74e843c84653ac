/**
 * The CUDA device. {@code CudaDriver}, {@code Nvrtc}, {@code CublasLt}, {@code Nccl}, {@code Nvml} mirror the vendors' headers
 * and nothing else; {@code CudaDevice} and its neighbours give them meaning.
 *
 * <ul>
 *   <li><b>The contract</b> of {@code device} on a GPU: {@code Cuda…}; {@code NcclCommunicator}.
 *   <li><b>Kernels</b>, from text to a launch: {@code KernelSources}, {@code NvrtcCompiler}, {@code KernelCache}, {@code
 *       KernelImage}, {@code Kernels}.
 *   <li><b>GEMMs</b>: {@code Multiplication} is what cuBLASLt is asked for, {@code Gemm…} and {@code Cublas…} how.
 *   <li><b>NCCL's words</b>: {@code NcclLog}, {@code NcclStatus}.
 *   <li><b>Watching</b>: {@code GpuWatch} and {@code GpuCounters} of telemetry, {@code GpuHealth}, {@code Xid…} and {@code
 *       Visitors} of health, over {@code NvmlGpu}, each in a
 *       {@code WatchThread}.
 *   <li><b>The host's memory</b>: {@code HostNuma}, {@code CpuAffinity}, {@code PageNodes}.
 * </ul>
 */
package dev.assay.device.cuda;
