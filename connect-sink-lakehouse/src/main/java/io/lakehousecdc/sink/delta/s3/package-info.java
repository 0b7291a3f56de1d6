// SPDX-License-Identifier: Apache-2.0
/**
 * Delta tables in Amazon S3 and in stores that speak its protocol: {@link
 * io.lakehousecdc.sink.delta.s3.S3StoreFactory} and what it makes. The AWS SDK is used here only.
 */
package io.lakehousecdc.sink.delta.s3;
