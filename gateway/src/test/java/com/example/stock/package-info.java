/** Custom code as somebody else would write it: it sees nothing of the gateway's own packages. */
package com.example.stock;
