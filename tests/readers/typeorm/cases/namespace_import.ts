import * as orm from "typeorm";
import { Entity as Ent, PrimaryColumn as Pk } from "typeorm";
@orm.Entity("ns") export class Ns { @orm.PrimaryGeneratedColumn() id: number; @orm.Column("text") t: string; }
@Ent("ns2") export class Ns2 { @Pk() id: number; }
