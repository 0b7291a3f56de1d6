// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.status.StatusPages.Answer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;

/**
 * The resource of the status for workers of Kafka 4 and later, whose JAX-RS is {@code
 * jakarta.ws.rs}.
 */
@Path("lakehouse")
public final class JakartaStatusResource {
  private final StatusPages pages;

  JakartaStatusResource(StatusPages pages) {
    this.pages = pages;
  }

  /** The page. */
  @GET
  @Produces(StatusPages.HTML)
  public Response html() {
    return response(pages.html());
  }

  /** The same for programs. */
  @GET
  @Path("status.json")
  @Produces(StatusPages.JSON)
  public Response json() {
    return response(pages.json());
  }

  private static Response response(Answer answer) {
    Response.ResponseBuilder response = Response.status(answer.status()).entity(answer.body());
    StatusPages.headers().forEach(response::header);
    return response.build();
  }
}
