/** The command that erases a person's rows wherever they are kept, and proves that it did. */
package io.lakehousecdc.tools.erase;
