package dev.assay.device.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * Mirrors {@code cuda.h} of CUDA 13.0, by the names that libcuda exports; all exist since CUDA 11.4. Handles, device pointers and
 * addresses are {@code long}; {@code unsigned int} is {@code int}. {@code cuEventElapsedTime} is the plain symbol, which old
 * drivers have too; {@code _v2} only adds a status for failed work that {@code cuEventQuery} tells as well.
 */
final class CudaDriver {
    static final int CUDA_SUCCESS = 0;
    static final int CUDA_ERROR_OUT_OF_MEMORY = 2;
    static final int CUDA_ERROR_NOT_READY = 600;

    static final int CU_STREAM_NON_BLOCKING = 0x1;
    static final int CU_EVENT_DEFAULT = 0x0;

    /** {@code CUstreamCaptureMode}: other threads, NCCL's among them, may do what they like meanwhile. */
    static final int CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1;

    static final int CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16;
    static final int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
    static final int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;

    /** {@code CUfunction_attribute}: beyond 48 KiB a kernel must be told how much a launch may ask for. */
    static final int CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;

    static final int CU_MEMHOSTALLOC_PORTABLE = 0x01;
    static final int CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS = 0x1;

    private CudaDriver() {}

    static void register(NativeLibrary library) {
        Native.register(CudaDriver.class, library);
    }

    static native int cuGetErrorString(int error, long[] pStr);

    static native int cuGetErrorName(int error, long[] pStr);

    static native int cuInit(int flags);

    static native int cuDriverGetVersion(int[] driverVersion);

    static native int cuDeviceGet(int[] device, int ordinal);

    static native int cuDeviceGetCount(int[] count);

    static native int cuDeviceGetName(byte[] name, int len, int dev);

    static native int cuDeviceGetUuid_v2(byte[] uuid, int dev);

    static native int cuDeviceGetAttribute(int[] pi, int attrib, int dev);

    static native int cuDevicePrimaryCtxRetain(long[] pctx, int dev);

    static native int cuDevicePrimaryCtxRelease_v2(int dev);

    static native int cuCtxSetCurrent(long ctx);

    static native int cuCtxSynchronize();

    static native int cuModuleLoadData(long[] module, long image);

    static native int cuModuleUnload(long hmod);

    static native int cuModuleGetFunction(long[] hfunc, long hmod, byte[] name);

    static native int cuFuncSetAttribute(long hfunc, int attrib, int value);

    static native int cuMemGetInfo_v2(long[] free, long[] total);

    static native int cuMemAlloc_v2(long[] dptr, long bytesize);

    static native int cuMemFree_v2(long dptr);

    static native int cuMemcpyHtoD_v2(long dstDevice, byte[] srcHost, long byteCount);

    static native int cuMemcpyDtoH_v2(byte[] dstHost, long srcDevice, long byteCount);

    static native int cuMemHostAlloc(long[] pp, long bytesize, int flags);

    static native int cuMemFreeHost(long p);

    static native int cuMemcpyHtoDAsync_v2(long dstDevice, long srcHost, long byteCount, long hStream);

    static native int cuMemcpyDtoHAsync_v2(long dstHost, long srcDevice, long byteCount, long hStream);

    /** Between any two addresses of the unified address space. */
    static native int cuMemcpyAsync(long dst, long src, long byteCount, long hStream);

    /** @param pHandle a {@code CUipcMemHandle}, 64 bytes */
    static native int cuIpcGetMemHandle(byte[] pHandle, long dptr);

    static native int cuIpcOpenMemHandle_v2(long[] pdptr, IpcMemHandle handle, int flags);

    static native int cuIpcCloseMemHandle(long dptr);

    static native int cuDeviceCanAccessPeer(int[] canAccessPeer, int dev, int peerDev);

    static native int cuDeviceGetPCIBusId(byte[] pciBusId, int len, int dev);

    /** {@code uc} is an unsigned char, passed as the int 0..255 so that its upper bits are zero. */
    static native int cuMemsetD8Async(long dstDevice, int uc, long n, long hStream);

    static native int cuStreamCreate(long[] phStream, int flags);

    static native int cuStreamWaitEvent(long hStream, long hEvent, int flags);

    static native int cuStreamQuery(long hStream);

    static native int cuStreamDestroy_v2(long hStream);

    static native int cuStreamBeginCapture_v2(long hStream, int mode);

    static native int cuStreamEndCapture(long hStream, long[] phGraph);

    static native int cuGraphInstantiateWithFlags(long[] phGraphExec, long hGraph, long flags);

    static native int cuGraphUpload(long hGraphExec, long hStream);

    static native int cuGraphLaunch(long hGraphExec, long hStream);

    static native int cuGraphExecDestroy(long hGraphExec);

    static native int cuGraphDestroy(long hGraph);

    static native int cuEventCreate(long[] phEvent, int flags);

    static native int cuEventRecord(long hEvent, long hStream);

    static native int cuEventQuery(long hEvent);

    static native int cuEventDestroy_v2(long hEvent);

    static native int cuEventElapsedTime(float[] pMilliseconds, long hStart, long hEnd);

    static native int cuLaunchKernel(
            long f,
            int gridDimX,
            int gridDimY,
            int gridDimZ,
            int blockDimX,
            int blockDimY,
            int blockDimZ,
            int sharedMemBytes,
            long hStream,
            long kernelParams,
            long extra);
}
