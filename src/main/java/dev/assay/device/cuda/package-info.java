/**
 * The CUDA device. {@code CudaDriver}, {@code Nvrtc}, {@code CublasLt}, {@code Nccl}, {@code Nvml} mirror the vendors' headers
 * and nothing else; {@code CudaDevice} and its neighbours give them meaning.
 */
package dev.assay.device.cuda;
