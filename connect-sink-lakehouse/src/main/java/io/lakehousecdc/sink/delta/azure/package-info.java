/**
 * Azure Blob Storage and Azure Data Lake Storage Gen2, which the blob service serves, too.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api">Blob
 *     service REST API</a>
 */
package io.lakehousecdc.sink.delta.azure;
