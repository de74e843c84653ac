package dev.assay.device.cuda;

import dev.assay.workload.ElementType;
import dev.assay.workload.Precision;

/** A precision as cuBLASLt and the kernels of {@code native/format.cuh} name it. */
final class CublasTypes {
    private CublasTypes() {}

    /** {@code cublasComputeType_t}. */
    static int compute(Precision precision) {
        return switch (precision) {
            case BF16, FP16, FP32, FP8_E4M3, FP8_E5M2 -> CublasLt.CUBLAS_COMPUTE_32F;
            case TF32 -> CublasLt.CUBLAS_COMPUTE_32F_FAST_TF32;
            case FP64 -> CublasLt.CUBLAS_COMPUTE_64F;
            case INT8 -> CublasLt.CUBLAS_COMPUTE_32I;
        };
    }

    /** {@code cudaDataType} of alpha and beta. */
    static int scale(Precision precision) {
        return switch (precision) {
            case BF16, FP16, TF32, FP32, FP8_E4M3, FP8_E5M2 -> CublasLt.CUDA_R_32F;
            case FP64 -> CublasLt.CUDA_R_64F;
            case INT8 -> CublasLt.CUDA_R_32I;
        };
    }

    /** {@code cudaDataType} of a matrix. */
    static int data(ElementType type) {
        return switch (type) {
            case BF16 -> CublasLt.CUDA_R_16BF;
            case FP16 -> CublasLt.CUDA_R_16F;
            case TF32, FP32 -> CublasLt.CUDA_R_32F;
            case FP64 -> CublasLt.CUDA_R_64F;
            case E4M3 -> CublasLt.CUDA_R_8F_E4M3;
            case E5M2 -> CublasLt.CUDA_R_8F_E5M2;
            case INT8 -> CublasLt.CUDA_R_8I;
            case INT32 -> CublasLt.CUDA_R_32I;
        };
    }

    /** {@code FORMAT_*} of {@code native/format.cuh}. */
    static int format(ElementType type) {
        return switch (type) {
            case BF16 -> 0;
            case FP16 -> 1;
            case TF32 -> 2;
            case FP32 -> 3;
            case FP64 -> 4;
            case E4M3 -> 5;
            case E5M2 -> 6;
            case INT8 -> 7;
            case INT32 -> 8;
        };
    }
}
